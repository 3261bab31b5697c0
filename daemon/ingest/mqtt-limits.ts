/** How much the MQTT door takes of what strangers and devices may send. */
export interface MqttLimits {
  /** bytes of one packet before and after the connection is accepted */
  beforeConnect: number;
  afterConnect: number;
  /** bytes of unfinished packets on all connections together, before and after */
  unfinishedBeforeConnect: number;
  unfinishedAfterConnect: number;
  /** bytes read and not yet durable, the log's own backlog included */
  waitingBytes: number;
  connections: number;
  connectionsPerDevice: number;
  /** ms from the first byte to a complete CONNECT, and for a TLS handshake */
  connectTimeout: number;
  /** QoS 2 exchanges one client may leave half done */
  unreleased: number;
  /** ms a client may leave our answers unread once its socket is full */
  drainTimeout: number;
  /** s a client may be silent for at most, whatever it asked for */
  keepAlive: number;
  /** ms between two looks for silent clients */
  sweep: number;
  /** ms to wait for a command's acknowledgement */
  commandTimeout: number;
  /** ms that `stop` waits for messages being committed */
  stopTimeout: number;
}

export const usualLimits: MqttLimits = {
  beforeConnect: 16_384,
  afterConnect: 262_144,
  unfinishedBeforeConnect: 16 * 1024 * 1024,
  unfinishedAfterConnect: 64 * 1024 * 1024,
  waitingBytes: 64 * 1024 * 1024,
  connections: 20_000,
  connectionsPerDevice: 16,
  connectTimeout: 10_000,
  unreleased: 1000,
  drainTimeout: 2000,
  keepAlive: 600,
  sweep: 1000,
  commandTimeout: 10_000,
  stopTimeout: 5000,
};
