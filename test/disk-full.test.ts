import { execFileSync } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtempSync, rmdirSync, statfsSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { basicOf, makeAgency, positionText, signedToken, type TestDevice } from './bad-input-world.ts';
import { type Api, api, type DaemonProcess, startDaemon, temporaryFolder } from './daemon-process.ts';
import { openTracker, publishPacket } from './raw-tracker.ts';

/** A data folder whose disk can be filled up and freed again. */
interface Disk {
  data: string;
  program?: string;
  /** whether there is no room for anything; else for no position, but for what finds some in a page begun before */
  isFullForAll: boolean;
  /** leaves so little room that a few hundred messages fill it */
  fill(daemon: DaemonProcess): Promise<void>;
  free(daemon: DaemonProcess): Promise<void>;
  remove(): Promise<void>;
}

/** Mounts a file system of its own in memory on a new folder; undefined where we may not. */
function mountSmallDisk(): { data: string; unmount(): void } | undefined {
  const data = mkdtempSync(join(tmpdir(), 'vantrail-small-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m,mode=700', 'vantrail-test', data], { stdio: 'ignore' });
  } catch {
    rmdirSync(data);
    return undefined;
  }
  const unmount = () => {
    process.off('exit', unmount);
    execFileSync('umount', ['-l', data]);
    rmdirSync(data);
  };
  process.on('exit', unmount);
  return { data, unmount };
}

/** A disk of 6 MB, and a file on it that takes the room. */
function smallDisk(): Disk {
  const mounted = mountSmallDisk();
  if (mounted === undefined) throw new Error('there was a small disk a moment ago');
  const { data, unmount } = mounted;
  const filler = join(data, 'filler');
  return {
    data,
    isFullForAll: true,
    async fill() {
      const { bavail, bsize } = statfsSync(data);
      writeFileSync(filler, Buffer.alloc(bavail * bsize - 200_000));
    },
    free: () => rm(filler),
    async remove() {
      unmount();
    },
  };
}

/** A log that may have few pages only, where there is nothing to mount. */
async function smallLog(): Promise<Disk> {
  const { folder, remove } = await temporaryFolder();
  const limit = async (daemon: DaemonProcess, pages: number) => {
    daemon.process.send({ pages });
    await once(daemon.process, 'message');
  };
  return {
    data: folder,
    program: 'test/small-log.ts',
    isFullForAll: false,
    fill: (daemon) => limit(daemon, 60),
    free: (daemon) => limit(daemon, 1_000_000),
    remove,
  };
}

const disks: [string, () => Disk | Promise<Disk>][] = [['a log without pages', smallLog]];
const tried = mountSmallDisk();
tried?.unmount();
if (tried !== undefined) disks.push(['a full disk', smallDisk]);

describe.each(disks)('%s', (_, make) => {
  let disk: Disk;
  let daemon: DaemonProcess;
  let demo: Api;
  let admin: string;
  let device: TestDevice;
  const from = Date.now() - 3_600_000;
  const acknowledged: number[] = [];
  let refused = 0;

  const startHere = () =>
    startDaemon({ data: disk.data, ...(disk.program === undefined ? {} : { program: disk.program }) });
  beforeAll(async () => {
    disk = await make();
    daemon = await startHere();
    demo = await makeAgency(daemon, 'demo');
    await demo('POST', '/api/vans', { id: 'van-7' });
    device = (await demo('POST', '/api/devices', { id: 'van-7', vanId: 'van-7' })).body;
    admin = await signedToken(daemon.data, { role: 'ADMIN', agency: 'demo' });
  });
  afterAll(async () => {
    await daemon.stop();
    await disk.remove();
  });

  /** Publishes one position after another until one is not acknowledged, or `count` are. Answers that one's fixTime. */
  const publish = async (count: number): Promise<number | undefined> => {
    const client = await openTracker(daemon.mqttPort, device);
    try {
      for (let i = 0; i < count; i++) {
        const fixTime = from + acknowledged.length * 1000;
        client.send(publishPacket('vantrail/van-7/position', positionText({ fixTime: String(fixTime) })));
        const answer = await client.next().catch(() => undefined);
        if (answer === undefined) return fixTime;
        expect(answer.cmd).toBe('puback');
        acknowledged.push(fixTime);
      }
      return undefined;
    } finally {
      client.socket.destroy();
    }
  };

  const trail = async (): Promise<number[]> => {
    const { status, body, text } = await demo('GET', `/api/vans/van-7/trail?from=${from}&to=${from + 86_400_000}`);
    expect(status, text).toBe(200);
    return (body.items as { fixTime: number }[]).map(({ fixTime }) => fixTime);
  };

  /** Opens a feed; answers its messages from the welcome to the last page of the snapshot. */
  const openFeed = async () => {
    const socket = new WebSocket(`${daemon.url.replace('http', 'ws')}/feed`);
    const messages = on(socket, 'message');
    await once(socket, 'open');
    socket.send(JSON.stringify({ type: 'hello', token: admin }));
    const next = async () => JSON.parse(String((await messages.next()).value?.[0]));
    const welcome = await next();
    return { socket, next, welcome, snapshot: await next() };
  };

  it('ends in no acknowledgement: the connection is closed, and the reason is told', async () => {
    expect(await publish(50)).toBeUndefined();
    await disk.fill(daemon);
    refused = (await publish(10_000)) ?? 0;
    expect(refused).toBeGreaterThan(0);
    const forAll = await api(daemon.url)('GET', '/readyz');
    expect([forAll.status, forAll.body]).toEqual([
      503,
      { ready: false, reasons: [expect.stringMatching(/^(1 part is|2 parts are) not working; see the admin port$/)] },
    ]);
    const inFull = await api(daemon.adminUrl)('GET', '/readyz');
    expect(inFull.status).toBe(503);
    expect(inFull.body.reasons[0]).toMatch(
      /^no room on the disk of (\S+) since 20\S+Z; free some, the log goes on by itself$/,
    );
    expect(inFull.body.reasons[0]).toContain(join(disk.data, 'log'));
    expect((await api(daemon.url)('GET', '/healthz')).status).toBe(200);
  });

  const expectRefusal = (answers: Awaited<ReturnType<Api>>[], detail: string, retryAfter: string) => {
    for (const { status, body, headers } of answers) {
      expect([status, headers.get('retry-after')]).toEqual([503, retryAfter]);
      const requestId = headers.get('x-request-id');
      const type = '/problems/log-unavailable';
      expect(body).toMatchObject({ type, status, title: 'Not available now', detail, requestId });
    }
  };

  it('keeps nothing more, and says so with a time to come back', async () => {
    const before = await trail();
    const position = positionText({ fixTime: String(refused) });
    const basic = { authorization: basicOf(device.username, device.key) };
    const osmand = `/osmand?id=${device.osmandToken}&lat=21&lon=79&timestamp=${refused}`;
    const owntracks = `{"_type":"location","lat":21,"lon":79,"tst":${refused / 1000}}`;
    const positions = await Promise.all([
      api(daemon.url)('POST', '/api/positions', position, basic),
      api(daemon.url)('GET', osmand),
      api(daemon.url)('POST', '/owntracks', owntracks, basic),
    ]);
    expectRefusal(positions, 'The positions could not be kept (full); send them again.', '30');
    if (!disk.isFullForAll) return;
    const letter = await api(daemon.url)('POST', '/api/positions', 'no position', basic);
    expectRefusal([letter], 'The positions could not be kept (full); send them again.', '30');
    const changes = await Promise.all([
      demo('POST', '/api/vans', { id: 'van-8' }),
      demo('POST', '/api/consumers', { id: 'c-1', name: 'Asha' }),
      demo('DELETE', '/api/vans/van-7'),
    ]);
    expectRefusal(changes, 'This cannot be kept now, so nothing was done. Try again.', '5');
    expect(await trail()).toEqual(before);
    expect((await demo('GET', '/api/dead-letters')).body.items).toEqual([]);
  });

  it('goes on being read: routes, feeds that are open and feeds that come', async () => {
    expect(await trail()).toEqual(acknowledged);
    const { status, body } = await demo('GET', '/api/vans');
    expect(status).toBe(200);
    expect(body.items).toMatchObject([{ id: 'van-7', position: { fixTime: acknowledged.at(-1) } }]);
    const feed = await openFeed();
    expect(feed.welcome).toMatchObject({ type: 'welcome', agency: { id: 'demo' } });
    expect(feed.snapshot.vans).toMatchObject([{ van: { id: 'van-7' }, position: { fixTime: acknowledged.at(-1) } }]);
    feed.socket.terminate();
  });

  it('recovers by itself once there is room, and the same point is taken', async () => {
    const feed = await openFeed();
    await disk.free(daemon);
    await daemon.said('the log can be written again');
    expect(await publish(1)).toBeUndefined();
    expect(acknowledged.at(-1)).toBe(refused);
    expect(await feed.next()).toMatchObject({ type: 'positions', positions: [{ subject: 'van-7', fixTime: refused }] });
    feed.socket.terminate();
    expect(await trail()).toEqual(acknowledged);
    expect((await demo('POST', '/api/vans', { id: 'van-8' })).status).toBe(201);
    // The projections had no room either; they try again every second.
    const readiness = async () => (await api(daemon.adminUrl)('GET', '/readyz')).body;
    await expect.poll(readiness, { timeout: 90_000 }).toEqual({ ready: true, reasons: [] });
  });

  it('has lost nothing of what was acknowledged when it starts again', async () => {
    expect(await daemon.stop()).toBe(0);
    daemon = await startHere();
    demo = api(daemon.url, admin);
    expect(await trail()).toEqual(acknowledged);
    expect((await demo('GET', '/api/vans')).body.items.map(({ id }: { id: string }) => id)).toEqual(['van-7', 'van-8']);
  });

  it('stops in order without room, too', async () => {
    await disk.fill(daemon);
    expect(await publish(10_000)).toBeDefined();
    expect(await daemon.stop()).toBe(0);
  });
});

describe.runIf(tried !== undefined)('a disk that is full before the first start', () => {
  it('ends the start with one sentence that names the folder and what to do', async () => {
    const disk = smallDisk();
    try {
      const { bavail, bsize } = statfsSync(disk.data);
      writeFileSync(join(disk.data, 'filler'), Buffer.alloc(bavail * bsize));
      await expect(startDaemon({ data: disk.data })).rejects.toThrow(
        /no room on the disk of .+; free some and start again/,
      );
    } finally {
      await disk.remove();
    }
  });
});
