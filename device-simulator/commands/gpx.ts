import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { largestFile, readGpx, type Track } from '../gpx/read.ts';
import { assumedSpeed, Replay, type ReplayOptions } from '../gpx/replay.ts';
import type { Publisher } from '../link/publisher.ts';
import { choice, factor, flag, UsageError } from '../options.ts';
import { encode } from '../vans/payload.ts';
import { type Context, command, limited, rest } from './command.ts';
import { type Connection, connect, connectionOptions } from './connection.ts';

/** A track with the name its van and device get. */
interface Named {
  id: string;
  track: Track;
}

interface Player {
  replay: Replay;
  username: string;
  publisher: Publisher;
  /** ms played so far */
  played: number;
}

const pulse = 200;
const statusEvery = 2000;
const draining = 6000;
/** Fixes in one message. */
const batch = 100;
/** A replay waits while this many messages are not acknowledged, so that none is ever dropped. */
const crowded = 200;
/** Trails are kept for three years unless the daemon is told otherwise; older fixes would be refused. ms */
const keptFor = 3 * 365 * 86_400_000;

export const gpx = command({
  summary: 'replay GPX files, or folders of them',
  usage: 'PATH… [options]',
  options: {
    ...connectionOptions,
    speed: factor('FACTOR', 'play this many times faster than recorded', 1, 0.01, 10_000),
    times: choice('date the fixes by when they are played, or as recorded', 'now', ['now', 'original'] as const),
    loop: flag('begin again at the end'),
  },
  async run({ values, rest: paths }, context) {
    if (paths.length === 0) throw new UsageError('gpx needs the PATH of a file or folder');
    if (values.loop && values.times === 'original') {
      throw new UsageError('--loop: the same fixes again would change nothing with --times original');
    }
    const tracks = await readAll(paths, context);
    const options: ReplayOptions = { speed: values.speed, times: values.times, loop: values.loop };
    const connection = await connect(values, context);
    const players = await open(tracks, options, connection);
    const longest = Math.max(...players.map(({ replay }) => replay.length));
    context.say(`${tracks.length} tracks, ${Math.ceil(longest / 1000)} s at ${values.speed} times their speed`);
    try {
      await play(players, connection, limited(context.signal, values.duration), context);
    } finally {
      await connection.publishers.stop(draining);
    }
  },
});

async function play(
  players: Player[],
  { publishers }: Connection,
  signal: AbortSignal,
  context: Context,
): Promise<void> {
  let last = Date.now();
  let said = last;
  while (!signal.aborted && players.some(({ replay }) => !replay.isOver)) {
    const now = Date.now();
    for (const player of players) {
      if (player.publisher.counts.waiting > crowded) continue;
      player.played += now - last;
      let fixes = player.replay.due(player.played, now - player.played, batch);
      for (; fixes.length > 0; fixes = player.replay.due(player.played, now - player.played, batch)) {
        for (const { topic, payload } of encode('native', player.username, fixes))
          player.publisher.publish(topic, payload);
        if (player.publisher.counts.waiting > crowded) break;
      }
    }
    if (now - said >= statusEvery) {
      context.status(publishers.line);
      said = now;
    }
    last = now;
    await rest(pulse, signal);
  }
}

async function open(tracks: readonly Named[], options: ReplayOptions, connection: Connection): Promise<Player[]> {
  const { registration, keys, mayRegister, publishers } = connection;
  const credentials = await registration
    .all(tracks, async ({ id, track }) => {
      if (!mayRegister) {
        const known = keys.get(id);
        if (known) return known;
        throw new UsageError(`--token: needed, because the key of ${id} is not in the --keys file`);
      }
      await registration.van({ id, name: (track.name || id).slice(0, 120), kind: 'van' });
      return registration.device({ id, type: 'replay', vanId: id });
    })
    .finally(() => (mayRegister ? keys.save() : undefined));
  return tracks.map(({ id, track }, i) => {
    const credential = credentials[i] as { username: string; key: string };
    const publisher = publishers.open(id, credential);
    return { replay: new Replay(track, options), username: credential.username, publisher, played: 0 };
  });
}

/** All tracks of the given files and folders. In a folder a bad file is named and left out; given itself, it is an error. */
async function readAll(paths: readonly string[], context: Context): Promise<Named[]> {
  const tracks: Named[] = [];
  const ids = new Set<string>();
  for (const path of paths) {
    const isFolder = (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
    const files = isFolder ? (await readdir(path)).filter((name) => /\.gpx$/i.test(name)).sort() : [''];
    for (const name of files) {
      const file = name === '' ? path : join(path, name);
      try {
        for (const track of await readOne(file)) {
          tracks.push({ id: idFor(file, ids), track });
          if (!track.timed)
            context.say(`${file}: times are missing or disordered; played at ${assumedSpeed} km/h, dated now`);
          const first = track.points[0]?.time ?? Number.POSITIVE_INFINITY;
          if (track.timed && first < Date.now() - keptFor)
            context.say(`${file}: older than three years (matters with --times original)`);
        }
      } catch (error) {
        const line = `${file}: ${(error as Error).message}`;
        if (!isFolder) throw new Error(line, { cause: error });
        context.say(`${line}; left out`);
      }
    }
  }
  if (tracks.length === 0) throw new Error(`no GPX tracks in ${paths.join(', ')}`);
  return tracks;
}

async function readOne(file: string): Promise<Track[]> {
  const { size } = await stat(file);
  if (size > largestFile)
    throw new Error(`${Math.round(size / 1e6)} MB is more than the ${largestFile >> 20} MB a file may have`);
  return readGpx(await readFile(file, 'utf8'));
}

/** An id made of the file's name, with a number where it is taken. */
function idFor(file: string, taken: Set<string>): string {
  const plain = basename(file)
    .replace(/\.gpx$/i, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 40);
  const first = `replay-${plain || 'track'}`;
  let id = first;
  for (let n = 2; taken.has(id); n++) id = `${first}-${n}`;
  taken.add(id);
  return id;
}
