import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { makeAgency, signedToken } from '../bad-input-world.ts';
import { type DaemonProcess, root, startDaemon, temporaryFolder } from '../daemon-process.ts';
import { children } from './children.ts';
import { FeedClient } from './feed-client.ts';
import { broken, type Conditions, type Outcome, type Part } from './part.ts';

const agency = 'soak';
const vans = 200;
const clients = 5;
/** All that a fleet and its screens need is there after the first third; what may still come on top of it. */
const growth = { factor: 1.2, bytes: 20e6 };
/** In a look of this length (ms) most vans must have moved on in the eyes of every client that reads all the while;
 * some are out of the network. */
const look = 20_000;
const mostVans = vans / 2;
/** Two clients stop reading this often, for the first half of it, ms. */
const stallEvery = 90_000;
/** Tokens last fifteen minutes, ms. */
const renewEvery = 300_000;
/** For the vans to be known and seen at the beginning, and for everyone to have everything at the end, ms. */
const patience = 60_000;

interface Sample {
  at: number;
  heap: number;
}

/** A fleet at work before five screens, of which two stall and come back: what the daemon holds must not grow. */
async function run(conditions: Conditions): Promise<Outcome> {
  const { folder, remove } = await temporaryFolder();
  const daemon = await startDaemon({ data: folder, args: ['--rate-limit', '10000000', '--log-level', 'error'] });
  try {
    return await runOn(daemon, conditions);
  } finally {
    daemon.process.kill('SIGKILL');
    await remove();
  }
}

async function runOn(daemon: DaemonProcess, { deadline, seed, progress }: Conditions): Promise<Outcome> {
  await makeAgency(daemon, agency);
  const fleet = await startFleet(daemon, seed);
  const screens = Array.from(
    { length: clients },
    (_, i) =>
      new FeedClient({
        url: `${daemon.url.replace('http', 'ws')}/feed`,
        format: i === 1 ? 'binary' : 'json',
        token: () => signedToken(daemon.data, { role: 'DISPATCHER', agency }),
      }),
  );
  await Promise.all(screens.map((screen) => screen.start()));
  await until(() => screens.every(({ newest }) => newest.size >= mostVans), 'every client sees most vans');

  const began = Date.now();
  const samples: Sample[] = [];
  const watch = new Watch(screens);
  let renewed = began;
  while (Date.now() < deadline && fleet.exitCode === null && daemon.process.exitCode === null) {
    await wait(1000);
    const now = Date.now();
    samples.push({ at: now, heap: await heapUsed(daemon) });
    watch.tick(now, Math.min(stallEvery, (deadline - began) / 3));
    if (now - renewed > renewEvery) {
      renewed = now;
      for (const screen of screens) await screen.renewToken();
    }
    progress(`heap ${megabytes(samples.at(-1)?.heap ?? 0)} MB, ${watch.looks} looks, fewest moving ${watch.fewest}`);
  }
  const fleetLived = fleet.exitCode === null;
  watch.end();
  fleet.kill('SIGTERM');
  if (fleetLived) await once(fleet, 'close');
  children.delete(fleet);
  const agreed = await until(() => screens.every((screen) => same(screen, screens[0])), '').catch(() => false);
  for (const screen of screens) screen.stop();
  const ended = await daemon.stop();

  const length = Date.now() - began;
  // What waits for the collector is no growth: the least over a while, a third of the way and at the end.
  const third = least(samples, began + length / 6, began + length / 3);
  const end = least(samples, began + (length * 5) / 6, Number.POSITIVE_INFINITY);
  const surprises = screens.flatMap((screen) => screen.surprises);
  return {
    figures: {
      seconds: Math.round(length / 1000),
      'heap after a third, MB': megabytes(third),
      'heap at the end, MB': megabytes(end),
      'growth, %': Math.round((end / third - 1) * 100),
      looks: watch.looks,
      [`fewest of ${vans} vans moving in a look`]: watch.fewest,
      stalls: watch.stalls,
      comebacks: screens.reduce((sum, { comebacks }) => sum + comebacks, 0),
      'cut as slow': screens.reduce((sum, { cutAsSlow }) => sum + cutAsSlow, 0),
    },
    faults: [
      ...broken({
        'the vans drove to the end': fleetLived,
        'the daemon lived to the end': ended === 0,
        'the heap grew by at most 20 % + 20 MB': end <= third * growth.factor + growth.bytes,
        'there were looks': watch.looks > 0,
        'every client that reads sees most vans move': watch.fewest >= mostVans,
        'in the end all clients have the same newest positions': agreed === true,
      }),
      ...surprises,
    ],
  };
}

/** Looks at the screens again and again, and makes the last two stall: one just reads on, one comes back anew. */
class Watch {
  looks = 0;
  fewest = vans;
  stalls = 0;
  readonly #screens: readonly FeedClient[];
  readonly #stalled = new Set<FeedClient>();
  /** who read all through the present look */
  #reading: Map<FeedClient, Map<string, number>>;
  #lookedAt = Date.now();
  #turn = Date.now();

  constructor(screens: readonly FeedClient[]) {
    this.#screens = screens;
    this.#reading = this.#present();
  }

  tick(now: number, every: number): void {
    const shouldStall = (now - this.#turn) % every < every / 2;
    if (shouldStall && this.#stalled.size === 0) this.#stall();
    if (!shouldStall) this.end();
    if (now - this.#lookedAt < look) return;
    this.#lookedAt = now;
    for (const [screen, before] of this.#reading) {
      this.looks++;
      const moved = [...screen.newest].filter(([van, fixTime]) => fixTime > (before.get(van) ?? 0)).length;
      this.fewest = Math.min(this.fewest, moved);
    }
    this.#reading = this.#present();
  }

  /** Lets everyone read again. */
  end(): void {
    for (const screen of this.#stalled) {
      if (screen === this.#screens.at(-1)) void screen.comeBack();
      else screen.resume();
    }
    this.#stalled.clear();
  }

  #stall(): void {
    this.stalls++;
    for (const screen of this.#screens.slice(-2)) {
      screen.stall();
      this.#stalled.add(screen);
      this.#reading.delete(screen);
    }
  }

  #present(): Map<FeedClient, Map<string, number>> {
    const reading = this.#screens.filter((screen) => !this.#stalled.has(screen));
    return new Map(reading.map((screen) => [screen, new Map(screen.newest)]));
  }
}

async function startFleet(daemon: DaemonProcess, seed: number) {
  const fleet = spawn(
    process.execPath,
    [
      join(root, 'device-simulator/main.ts'),
      ...['vans', '--url', daemon.url, '--mqtt', `mqtt://127.0.0.1:${daemon.mqttPort}`, '--agency', agency],
      ...['--vans', String(vans), '--consumers', '500', '--seed', String(seed), '--interval', '500ms'],
      ...['--keys', join(daemon.data, 'soak-keys.json')],
    ],
    {
      cwd: root,
      env: { ...process.env, VANTRAIL_TOKEN: await signedToken(daemon.data, { role: 'ADMIN', agency }) },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  children.add(fleet);
  let output = '';
  fleet.stderr.on('data', (chunk) => {
    output = (output + chunk).slice(-2000);
  });
  fleet.once('close', (code) => {
    if (code !== 0) process.stderr.write(`the simulator ended with ${code}:\n${output}\n`);
  });
  return fleet;
}

async function heapUsed(daemon: DaemonProcess): Promise<number> {
  const text = await (await fetch(`${daemon.adminUrl}/metrics`)).text();
  return Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1]);
}

const megabytes = (bytes: number) => Math.round(bytes / 1e5) / 10;

const least = (samples: readonly Sample[], from: number, until: number) =>
  Math.min(...samples.filter(({ at }) => from <= at && at <= until).map(({ heap }) => heap));

function same(one: FeedClient, other: FeedClient | undefined): boolean {
  return [...one.newest].every(([van, fixTime]) => other?.newest.get(van) === fixTime);
}

/** Answers true once it holds; throws when that takes too long. */
async function until(holds: () => boolean, what: string): Promise<true> {
  const giveUp = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > giveUp) throw new Error(`not within ${patience / 1000} s: ${what}`);
    await wait(100);
  }
  return true;
}

export const memory: Part = { minutes: 8, run };
