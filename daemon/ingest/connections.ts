import type { Client } from 'aedes';
import type { Connection } from './connection.ts';

/** What the MQTT door counts, for metrics. */
export interface MqttCounts {
  /** open connections, proven or not */
  connections: number;
  /** devices with at least one proven connection */
  devices: number;
  /** messages taken from proven devices */
  published: number;
  /** messages to a topic the device may not use: acknowledged, kept nowhere */
  foreign: number;
  /** messages the log could not keep: not acknowledged, the sender sends them again */
  unkept: number;
  /** connections refused for wrong credentials, those turned away unheard included */
  authFailures: number;
  /** connections turned away because there were too many */
  tooMany: number;
  /** connections ended by us, by reason */
  cut: Readonly<Record<string, number>>;
}

/** Who is connected, by Aedes client and by user name. */
export class Connections {
  readonly #perDevice: number;
  readonly #byClient = new WeakMap<object, Connection>();
  /** proven connections, oldest first */
  readonly #byUsername = new Map<string, Set<Connection>>();
  readonly #all = new Set<Connection>();
  readonly #cut = new Map<string, number>();
  published = 0;
  foreign = 0;
  unkept = 0;
  authFailures = 0;
  tooMany = 0;

  /** `perDevice`: proven connections one device may hold; a newer one pushes out its oldest */
  constructor(perDevice: number) {
    this.#perDevice = perDevice;
  }

  opened(connection: Connection): void {
    this.#all.add(connection);
  }

  bind(client: Client, connection: Connection): void {
    connection.client = client;
    this.#byClient.set(client, connection);
  }

  of(client: Client | null): Connection | undefined {
    return client === null ? undefined : this.#byClient.get(client);
  }

  proven(connection: Connection, username: string): void {
    let own = this.#byUsername.get(username);
    if (own === undefined) {
      own = new Set();
      this.#byUsername.set(username, own);
    }
    own.add(connection);
    if (own.size <= this.#perDevice) return;
    const [oldest] = own;
    oldest?.cut('replaced');
  }

  closed(connection: Connection): void {
    this.#all.delete(connection);
    const username = connection.proven?.device.username;
    if (username === undefined) return;
    const own = this.#byUsername.get(username);
    own?.delete(connection);
    if (own?.size === 0) this.#byUsername.delete(username);
  }

  withUsername(username: string): readonly Connection[] {
    return [...(this.#byUsername.get(username) ?? [])];
  }

  ofDevice(agency: string, id: string): readonly Connection[] {
    // Whoever was removed has no user name any more; and changes of devices are rare.
    return this.all().filter(({ proven }) => proven?.agency === agency && proven.device.id === id);
  }

  all(): readonly Connection[] {
    return [...this.#all];
  }

  countCut(reason: string): void {
    this.#cut.set(reason, (this.#cut.get(reason) ?? 0) + 1);
  }

  counts(): MqttCounts {
    return {
      connections: this.#all.size,
      devices: this.#byUsername.size,
      published: this.published,
      foreign: this.foreign,
      unkept: this.unkept,
      authFailures: this.authFailures,
      tooMany: this.tooMany,
      cut: Object.fromEntries(this.#cut),
    };
  }
}
