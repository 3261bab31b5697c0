import type { Console } from '../console.ts';
import { readTrail, withLivePoint } from './read-trail.ts';
import type { DrawnPoint, LonLat } from './trail-shapes.ts';

/** The way that today's run is to go: its line, and where along it the open stops are. */
export interface PlannedWay {
  line: readonly LonLat[];
  stops: readonly { orderId: string; at: LonLat }[];
}

/** Where a van stood, UTC ms; no `until`: it still does. */
export interface StopDot {
  at: LonLat;
  from: number;
  until: number | undefined;
}

/** What belongs to the selection beside its trail. */
export interface SelectionLines {
  planned: PlannedWay | undefined;
  stops: readonly StopDot[];
  /** the path of a consumer who shares the own position */
  ownPath: readonly DrawnPoint[];
}

const none: SelectionLines = { planned: undefined, stops: [], ownPath: [] };
/** The van leaves its way behind, and stops come: both are asked for again this often, ms. */
const askEvery = 30_000;

/** Loads what belongs to the selection, and again while it is selected. What cannot be had is not drawn. */
export class SelectionLoader {
  readonly #console: Console;
  readonly #changed: () => void;
  #lines = none;
  #of = '';
  #loading: AbortController | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(console: Console, changed: () => void) {
    this.#console = console;
    this.#changed = changed;
  }

  get lines(): SelectionLines {
    return this.#lines;
  }

  start(): void {
    const { store } = this.#console;
    this.#unsubscribe = store.subscribe((state, before) => {
      const isOther = state.selection !== before.selection || state.hours !== before.hours;
      if (isOther || (state.ordersRevision !== before.ordersRevision && this.#concerns())) void this.#load();
    });
    this.#timer = setInterval(() => void this.#load(), askEvery);
  }

  stop(): void {
    this.#unsubscribe?.();
    clearInterval(this.#timer);
    this.#loading?.abort();
  }

  /** A shared position goes on at once. */
  consumersChanged(): void {
    const { selection } = this.#console.store.getState();
    if (selection?.kind !== 'consumer') return;
    const position = this.#console.world.consumers.get(selection.id)?.position;
    if (position === null || position === undefined) return;
    const { fixTime, latitude, longitude } = position;
    const ownPath = withLivePoint([], this.#lines.ownPath, { fixTime, latitude, longitude });
    if (ownPath !== this.#lines.ownPath) this.#set({ ...this.#lines, ownPath });
  }

  /** Whether orders that changed may change the way of the selected van. */
  #concerns(): boolean {
    const { selection } = this.#console.store.getState();
    return selection?.kind === 'van' && this.#loading === undefined;
  }

  async #load(): Promise<void> {
    const { store } = this.#console;
    const { selection, hours } = store.getState();
    const of = selection === undefined ? '' : `${selection.kind} ${selection.id} ${hours}`;
    if (of !== this.#of) {
      this.#of = of;
      this.#set(none);
    }
    this.#loading?.abort();
    this.#loading = undefined;
    if (selection === undefined || selection.kind === 'order') return;
    const mine = new AbortController();
    this.#loading = mine;
    const id = encodeURIComponent(selection.id);
    const to = Math.ceil(this.#console.now());
    const from = Math.floor(to - hours * 3_600_000);
    if (selection.kind === 'van') {
      const [planned, stops] = await Promise.all([
        this.#read(`/api/vans/${id}/route`, mine.signal, readWay),
        this.#read(`/api/vans/${id}/trips?from=${from}&to=${to}`, mine.signal, readStops),
      ]);
      if (!mine.signal.aborted) this.#set({ planned, stops: stops ?? [], ownPath: [] });
    } else if (this.#console.world.consumers.get(selection.id)?.position != null) {
      const ownPath = await this.#read(`/api/consumers/${id}/trail?from=${from}&to=${to}`, mine.signal, readTrail);
      if (!mine.signal.aborted) this.#set({ ...none, ownPath: ownPath ?? [] });
    }
    if (this.#loading === mine) this.#loading = undefined;
  }

  async #read<T>(path: string, signal: AbortSignal, take: (answer: unknown) => T): Promise<T | undefined> {
    try {
      return take(await this.#console.session.read(path, signal));
    } catch {
      // A daemon that is away, or that does not show this to whoever looks: there is no line then.
      return undefined;
    }
  }

  #set(lines: SelectionLines): void {
    this.#lines = lines;
    this.#changed();
  }
}

/** Reads the answer of `/api/vans/{id}/route`; undefined: nothing is planned. */
export function readWay(answer: unknown): PlannedWay | undefined {
  const { line, legs } = answer as {
    line: { coordinates: LonLat[] } | null;
    legs: { orderId: string; end: number }[];
  };
  if (line === null || !Array.isArray(line.coordinates) || !Array.isArray(legs)) return undefined;
  const stops = legs.flatMap(({ orderId, end }) => {
    const at = line.coordinates[end];
    return at === undefined ? [] : [{ orderId, at }];
  });
  return { line: line.coordinates, stops };
}

/** Reads the stops out of the answer of `/api/vans/{id}/trips`; what is long enough to be one, the agency has said. */
export function readStops(answer: unknown): StopDot[] {
  const { items } = answer as { items: Record<string, unknown>[] };
  return items.flatMap(({ kind, from, until, latitude, longitude }) => {
    if (kind !== 'stop' || typeof from !== 'number') return [];
    if (typeof latitude !== 'number' || typeof longitude !== 'number') return [];
    const end = typeof until === 'number' ? until : undefined;
    return [{ at: [longitude, latitude] as LonLat, from, until: end }];
  });
}
