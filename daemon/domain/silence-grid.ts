import type { LatLon } from '../../protocol/geo.ts';

/** Size of a cell, degrees: about 440 m, so far a van drives between two fixes of a slow tracker. */
const size = 0.004;
/** Cells around the globe. */
const columns = Math.ceil(360 / size);
/** Upper ends of the lengths that silences are counted by, ms. What is longer is no dead zone. */
const lengths = [2, 3, 4, 6, 8, 10, 15, 20, 30, 45].map((minutes) => minutes * 60_000);
/** A silence is longer than this, ms, and longer than so many usual intervals. */
const shortest = 60_000;
const missed = 4;
/** Where silence is usual it happened at least so often, to so many devices, in this part of all visits. */
const leastSilences = 3;
const leastDevices = 2;
const leastShare = 0.2;
/** The length that is usual is not exceeded by this part of them. */
const usualPart = 0.9;
/** When so many others, and this part of all devices, fall silent within this time, ms, it is not the place. */
const othersInStorm = 2;
const shareInStorm = 0.02;
const stormWindow = 180_000;
/** So many silences are remembered for that. */
const remembered = 500;
/** Beyond so many visits old ones fade: roads and networks change. */
const mostVisits = 400;

/** What happened in a cell. Devices: up to two, since more than one is all that is asked. */
export interface SilenceCell {
  visits: number;
  silences: number[];
  devices: string[];
}

/** What was last heard of a device: when (UTC ms), in which cell, and its usual interval, ms. */
interface Heard {
  at: number;
  cell: number;
  interval: number;
  /** with the ignition off trackers sleep: no silence of the place */
  asleep: boolean;
}

/**
 * Where the vans of an agency fall silent often and come back: a grid that learns from what is heard, by the time it is
 * heard. One van alone teaches it nothing: whoever pulls the plug at the same corner every day stays a news.
 */
export class SilenceGrid {
  readonly cells = new Map<number, SilenceCell>();
  readonly #heard = new Map<string, Heard>();
  /** when silences began that ended lately, UTC ms */
  readonly #began: number[] = [];

  /**
   * Something was heard of a device: at `at` (UTC ms of receipt), from a place. Answers the cell that it changed;
   * undefined: none.
   */
  hear(device: string, at: number, { latitude, longitude }: LatLon, ignition: boolean | undefined): number | undefined {
    const cell = cellOf(latitude, longitude);
    const asleep = ignition === false;
    const last = this.#heard.get(device);
    if (last === undefined) {
      this.#heard.set(device, { at, cell, interval: 0, asleep });
      return undefined;
    }
    const pause = at - last.at;
    // Late, or several in one message.
    if (pause <= 0) return undefined;
    let changed: number | undefined;
    if (pause > shortest && last.interval > 0 && pause > missed * last.interval) {
      const alone = !this.#inStorm(last.at, device, at);
      this.#began.push(last.at);
      if (this.#began.length > remembered) this.#began.shift();
      if (alone && !last.asleep && this.#silent(last.cell, device, pause)) changed = last.cell;
    } else last.interval = last.interval === 0 ? pause : last.interval + (pause - last.interval) / 8;
    if (cell !== last.cell) {
      const visited = this.#cell(cell);
      if (++visited.visits > mostVisits) fade(visited);
      changed ??= cell;
    }
    last.at = at;
    last.cell = cell;
    last.asleep = asleep;
    return changed;
  }

  /** How long silences last that begin here, ms; undefined: none are usual. Looks at the cells around as well. */
  usual(latitude: number, longitude: number): number | undefined {
    const centre = cellOf(latitude, longitude);
    let visits = 0;
    const counts = lengths.map(() => 0);
    const devices = new Set<string>();
    for (const row of [-columns, 0, columns]) {
      for (const column of [-1, 0, 1]) {
        const cell = this.cells.get(centre + row + column);
        if (cell === undefined) continue;
        visits += cell.visits;
        for (const [i, count] of cell.silences.entries()) counts[i] = (counts[i] ?? 0) + count;
        for (const device of cell.devices) devices.add(device);
      }
    }
    const total = counts.reduce((sum, count) => sum + count, 0);
    if (total < leastSilences || devices.size < leastDevices || total < leastShare * visits) return undefined;
    let below = 0;
    for (const [i, count] of counts.entries()) {
      below += count;
      if (below >= usualPart * total) return lengths[i];
    }
    return lengths.at(-1);
  }

  /** Whether others fell silent at the same time: they are still, or were heard again before this one. */
  #inStorm(began: number, device: string, now: number): boolean {
    const most = Math.max(othersInStorm, shareInStorm * this.#heard.size);
    let others = this.#began.filter((other) => Math.abs(other - began) <= stormWindow).length;
    for (const [id, { at, interval }] of this.#heard) {
      if (others >= most) return true;
      if (id !== device && Math.abs(at - began) <= stormWindow && now - at > missed * interval) others++;
    }
    return others >= most;
  }

  #silent(cell: number, device: string, length: number): boolean {
    const bucket = lengths.findIndex((most) => length <= most);
    if (bucket < 0) return false;
    const { silences, devices } = this.#cell(cell);
    silences[bucket] = (silences[bucket] ?? 0) + 1;
    if (devices.length < leastDevices && !devices.includes(device)) devices.push(device);
    return true;
  }

  #cell(key: number): SilenceCell {
    let cell = this.cells.get(key);
    if (cell === undefined) {
      cell = { visits: 1, silences: lengths.map(() => 0), devices: [] };
      this.cells.set(key, cell);
    }
    return cell;
  }
}

function cellOf(latitude: number, longitude: number): number {
  return Math.floor((latitude + 90) / size) * columns + Math.floor((longitude + 180) / size);
}

function fade(cell: SilenceCell): void {
  cell.visits /= 2;
  cell.silences = cell.silences.map((count) => count / 2);
}
