import { once } from 'node:events';
import net from 'node:net';
import { generate, type IConnectPacket, type Packet } from 'mqtt-packet';
import { RawClient } from '../daemon/ingest/broker.fixture.ts';
import type { TestDevice } from './bad-input-world.ts';

/** An MQTT client made of bytes against the daemon in its own process: it can do what no decent client would. */
export async function openSocket(port: number): Promise<RawClient> {
  const client = new RawClient(net.connect(port, '127.0.0.1'));
  await once(client.socket, 'connect');
  return client;
}

export function connectPacket({ username, key }: TestDevice, more: Partial<IConnectPacket> = {}): Buffer {
  return generate({
    cmd: 'connect',
    clientId: 'tracker',
    username,
    password: Buffer.from(key),
    keepalive: 60,
    clean: true,
    ...more,
  });
}

export async function openTracker(port: number, device: TestDevice, clientId = 'tracker'): Promise<RawClient> {
  const client = await openSocket(port);
  client.send(connectPacket(device, { clientId }));
  const answer = await client.next();
  if (answer.cmd !== 'connack' || answer.returnCode !== 0) throw new Error(`not connected: ${answer.cmd}`);
  return client;
}

export function publishPacket(topic: string, payload: string | Buffer, qos: 0 | 1 | 2 = 1, messageId = 7): Buffer {
  return generate({ cmd: 'publish', topic, payload, qos, messageId, dup: false, retain: false });
}

/** The message that is known to be right, and whose acknowledgement says that all before it has been dealt with. */
const lastId = 65_000;

/**
 * Sends bytes and behind them a good position; answers what came back for the bytes, and whether the connection stays.
 * Acknowledgements keep their order and the log its own, so that nothing is left to come then.
 */
export async function answersTo(
  client: RawClient,
  sent: Buffer,
  goodPublish: (messageId: number) => Buffer,
): Promise<{ answers: string[]; connection: 'stays' | 'closed' }> {
  client.send(sent);
  client.send(goodPublish(lastId));
  const answers: string[] = [];
  for (;;) {
    let packet: Packet;
    try {
      packet = await client.next();
    } catch {
      return { answers, connection: 'closed' };
    }
    if (packet.cmd === 'puback' && packet.messageId === lastId) return { answers, connection: 'stays' };
    answers.push(shown(packet));
  }
}

/** A packet as the tables write it: `PUBACK`, `SUBACK 0x80`, `CONNACK 4`. */
export function shown(packet: Packet): string {
  const name = packet.cmd.toUpperCase();
  if (packet.cmd === 'connack') return `${name} ${packet.returnCode}`;
  if (packet.cmd !== 'suback') return name;
  return `${name} ${packet.granted.map((code) => `0x${Number(code).toString(16).padStart(2, '0')}`).join(' ')}`;
}
