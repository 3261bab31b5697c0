import mqtt, { type MqttClient } from 'mqtt';
import type { Api } from '../daemon-process.ts';
import type { Cluster } from './cluster.ts';

/** A tracker that publishes at a steady pace, to whichever daemon it reaches, and again what was not acknowledged. */
interface Tracker {
  username: string;
  key: string;
  client: MqttClient | undefined;
  acknowledged: Set<number>;
  unacknowledged: Set<number>;
  next: number;
  /** the daemon it tries next */
  daemon: number;
}

/** Messages of one tracker that may wait for their acknowledgement. */
const inFlight = 100;
const paceMs = 20;

/** Trackers on all daemons of a cluster. */
export class ClusterLoad {
  readonly trackers: Tracker[] = [];
  published = 0;
  readonly from = Date.now() - 3_600_000;
  #cluster: Cluster;
  #timer: NodeJS.Timeout | undefined;
  /** longest time without any acknowledgement, ms */
  longestStall = 0;
  #lastAck = 0;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async register(agency: Api, count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      await agency('POST', '/api/vans', { id: `van-${i}` });
      const { body, status, text } = await agency('POST', '/api/devices', { id: `tracker-${i}`, vanId: `van-${i}` });
      if (status !== 201) throw new Error(`device not registered: ${text}`);
      const { username, key } = body as { username: string; key: string };
      this.trackers.push({
        ...{ username, key, client: undefined, acknowledged: new Set<number>(), unacknowledged: new Set<number>() },
        next: this.from + i,
        daemon: i,
      });
    }
  }

  /** Publishes `perSecond` messages of all trackers together. */
  start(perSecond: number): void {
    this.#lastAck = performance.now();
    for (const tracker of this.trackers) this.#connect(tracker);
    const began = performance.now();
    let sent = 0;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - began) * perSecond) / 1000;
      for (; sent < due; sent++) this.#publish(this.trackers[sent % this.trackers.length] as Tracker);
      this.longestStall = Math.max(this.longestStall, performance.now() - this.#lastAck);
    }, paceMs);
  }

  /** Resolves when `count` more messages are acknowledged. */
  async acknowledged(count: number): Promise<void> {
    const aim = this.total() + count;
    while (this.total() < aim) await new Promise((resolve) => setTimeout(resolve, paceMs));
  }

  total(): number {
    return this.trackers.reduce((sum, { acknowledged }) => sum + acknowledged.size, 0);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    for (const { client } of this.trackers) client?.end(true);
  }

  #connect(tracker: Tracker): void {
    const { daemons } = this.#cluster;
    const port = daemons[tracker.daemon % daemons.length]?.mqttPort;
    const { username, key } = tracker;
    const client = mqtt.connect({
      ...{ host: '127.0.0.1', port: port ?? 0, username, password: key },
      ...{ reconnectPeriod: 0, connectTimeout: 2000 },
    });
    tracker.client = client;
    client.on('error', () => {});
    client.once('connect', () => {
      for (const fixTime of tracker.unacknowledged) this.#send(tracker, fixTime);
    });
    client.once('close', () => {
      if (this.#timer === undefined || tracker.client !== client) return;
      // As a load balancer would: to the next one.
      tracker.daemon++;
      setTimeout(() => this.#timer !== undefined && this.#connect(tracker), 200);
    });
  }

  #publish(tracker: Tracker): void {
    if (tracker.client?.connected !== true || tracker.unacknowledged.size >= inFlight) return;
    this.#send(tracker, tracker.next++);
  }

  #send(tracker: Tracker, fixTime: number): void {
    tracker.unacknowledged.add(fixTime);
    this.published++;
    const payload = JSON.stringify({ fixTime, latitude: 21 + (fixTime % 1000) / 1e5, longitude: 78, speed: 20 });
    tracker.client?.publish(`vantrail/${tracker.username}/position`, payload, { qos: 1 }, (error) => {
      if (error) return;
      tracker.unacknowledged.delete(fixTime);
      tracker.acknowledged.add(fixTime);
      this.#lastAck = performance.now();
    });
  }

  /** What daemon `n` shows of all this: acknowledged points that it lacks, points that it has twice. */
  async compare(n: number): Promise<{ lost: number; doubled: number }> {
    const agency = await this.#cluster.at(n);
    let [lost, doubled] = [0, 0];
    for (const [i, tracker] of this.trackers.entries()) {
      const { body, status, text } = await agency(
        'GET',
        `/api/vans/van-${i}/trail?from=${this.from - 1}&to=${this.from + 86_400_000}&format=json`,
      );
      if (status !== 200) throw new Error(`daemon ${n} gave no trail: ${text}`);
      const times = (body as { items: { fixTime: number }[] }).items.map(({ fixTime }) => fixTime);
      const kept = new Set(times);
      doubled += times.length - kept.size;
      for (const fixTime of tracker.acknowledged) if (!kept.has(fixTime)) lost++;
    }
    return { lost, doubled };
  }
}
