import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdtempSync, rmdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { TestDevice } from '../bad-input-world.ts';
import { api } from '../daemon-process.ts';
import { openFeed } from '../feed-reader.ts';
import { openTracker, publishPacket } from '../raw-tracker.ts';
import { kafkaLibs } from './brokers.ts';
import { type Cluster, type ClusterOptions, startCluster } from './cluster.ts';
import { ClusterLoad } from './cluster-load.ts';

/** What trackers, viewers, readiness and metrics show while Kafka is away, hangs, or has a bad network. */
describe.skipIf(kafkaLibs === undefined && process.env.CI !== 'true')('daemons on a Kafka that fails', () => {
  const ends: (() => Promise<void> | void)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  async function loaded(options: Partial<ClusterOptions>): Promise<{ cluster: Cluster; load: ClusterLoad }> {
    const cluster = await startCluster({ count: 1, daemons: 2, agency: 'gas', ...options });
    ends.push(() => cluster.stop());
    const load = new ClusterLoad(cluster);
    await load.register(await cluster.at(0), 10);
    await cluster.settled();
    load.start(500);
    ends.push(() => load.stop());
    return { cluster, load };
  }

  const readiness = async (cluster: Cluster, n: number) => {
    const daemon = cluster.daemons[n];
    return (await api(daemon?.adminUrl ?? '')('GET', '/readyz')).body as { ready: boolean; reasons: string[] };
  };
  const settledWith = async (cluster: Cluster, load: ClusterLoad) => {
    load.stop();
    await cluster.settled();
    for (const n of cluster.daemons.keys()) expect(await load.compare(n)).toEqual({ lost: 0, doubled: 0 });
  };

  it('the whole cluster is away and comes back', async () => {
    const { cluster, load } = await loaded({});
    await load.acknowledged(1000);
    const spare: TestDevice = (await (await cluster.at(0))('POST', '/api/devices', { id: 'spare' })).body;
    const viewer = await openFeed(cluster.daemons[0]?.url ?? '', await cluster.token('DISPATCHER'));
    ends.push(() => viewer.close());
    await cluster.brokers.kill(1);

    // Trackers notice nothing.
    await load.acknowledged(1500);
    await expect
      .poll(async () => (await readiness(cluster, 0)).reasons[0])
      .toMatch(/^Kafka unreachable since .+; [1-9]\d* records wait in the spool$/);
    expect(await cluster.figure(0, 'vantrail_log_unreachable_seconds')).toBeGreaterThan(0);
    expect(await cluster.figure(1, 'vantrail_spool_oldest_seconds')).toBeGreaterThan(0);
    // A console goes on seeing the vans that are connected to its own daemon.
    const before = viewer.positions();
    await expect.poll(() => viewer.positions()).toBeGreaterThan(before + 10);
    // A command is not guessed about.
    const refused = await (await cluster.at(0))('POST', '/api/vans', { id: 'late' });
    expect(refused.status).toBe(503);
    expect(refused.body).toMatchObject({ type: '/problems/undecided' });

    // A daemon that is killed meanwhile starts without Kafka, and takes positions again.
    await cluster.daemons[1]?.kill();
    await cluster.restart(1);
    const tracker = await openTracker(cluster.daemons[1]?.mqttPort ?? 0, spare);
    const fix = JSON.stringify({ fixTime: load.from, latitude: 21.1, longitude: 78.6 });
    tracker.send(publishPacket(`vantrail/${spare.username}/position`, fix, 1, 9));
    expect(await tracker.ids('puback', 1)).toEqual([9]);
    tracker.socket.destroy();

    await cluster.brokers.restart(1);
    const asked = async (n: number) => {
      const { body } = await (await cluster.at(n))('GET', `/api/requests/${refused.body.request}`);
      return body.state;
    };
    for (const n of [0, 1]) await expect.poll(() => asked(n), { timeout: 60_000 }).toBe('applied');
    expect((await (await cluster.at(1))('GET', '/api/vans/late')).status).toBe(200);
    await settledWith(cluster, load);
    for (const n of [0, 1]) {
      const { body } = await (await cluster.at(n))('GET', '/api/devices/spare');
      expect(body.position).toMatchObject({ fixTime: load.from });
    }
    expect(await readiness(cluster, 0)).toEqual({ ready: true, reasons: [] });
  });

  it('a broker hangs, one of three', async () => {
    const { cluster, load } = await loaded({ count: 3 });
    await load.acknowledged(500);
    cluster.brokers.pause(2);
    // It is taken for dead, and the others go on without it.
    await load.acknowledged(2000);
    await expect.poll(() => cluster.figure(0, 'vantrail_spool_waiting_records'), { timeout: 60_000 }).toBe(0);
    const waits = await (await cluster.at(1))('POST', '/api/vans', { id: 'meanwhile' });
    expect(waits.status).toBe(201);
    cluster.brokers.resume(2);
    await load.acknowledged(500);
    await settledWith(cluster, load);
  });

  it('a network that drops, loses answers, breaks off in the middle of them, and throttles', async () => {
    const { cluster, load } = await loaded({ proxied: true, through: ({ proxiedAddresses }) => proxiedAddresses });
    const [proxy] = cluster.brokers.proxies;
    if (proxy === undefined) throw new Error('there is no proxy');
    for (let i = 0; i < 5; i++) {
      await load.acknowledged(300);
      proxy.drop();
      await load.acknowledged(300);
      proxy.loseAnswers(2);
      await load.acknowledged(300);
      proxy.cutAnswers(4);
    }
    proxy.throttle(20_000);
    await load.acknowledged(500);
    proxy.throttle(undefined);
    await settledWith(cluster, load);
  });

  const disk = smallDisk();
  it.skipIf(disk === undefined)("the broker's disk is full, and has room again", async () => {
    if (disk === undefined) return;
    ends.push(() => disk.remove());
    const { cluster, load } = await loaded({ properties: { 'log.dirs': join(disk.folder, 'log') } });
    await load.acknowledged(500);
    disk.fill();
    await expect
      .poll(async () => (await readiness(cluster, 0)).reasons[0] ?? '', { timeout: 120_000 })
      .toMatch(/^Kafka unreachable since|cannot be written/);
    await load.acknowledged(1000);
    disk.free();
    // Kafka ends itself when its disk fails.
    await cluster.brokers.kill(1);
    await cluster.brokers.restart(1);
    await settledWith(cluster, load);
  });
});

interface SmallDisk {
  folder: string;
  /** leaves almost no room */
  fill(): void;
  free(): void;
  remove(): void;
}

/** A file system in memory of its own; undefined where we may not mount one. */
function smallDisk(): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-broker-disk-'));
  const filler = join(folder, 'filler');
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512m', 'vantrail-test', folder], { stdio: 'ignore' });
  } catch {
    rmdirSync(folder);
    return undefined;
  }
  const remove = () => {
    process.off('exit', remove);
    execFileSync('umount', ['-l', folder]);
    rmdirSync(folder);
  };
  process.on('exit', remove);
  return {
    folder,
    fill: () => {
      try {
        for (;;) appendFileSync(filler, Buffer.alloc(65_536));
      } catch (error) {
        // The broker writes meanwhile, so how much is left is only known when nothing is.
        if ((error as { code?: string }).code !== 'ENOSPC') throw error;
      }
    },
    free: () => rmSync(filler),
    remove,
  };
}
