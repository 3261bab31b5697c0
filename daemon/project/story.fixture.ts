import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { destination } from '../../protocol/geo.ts';
import { atResolution, type Position } from '../../protocol/position.ts';
import type { Event, LogRecord } from '../../protocol/record.ts';
import type { Agency, Device, DeviceType, Van } from '../../protocol/registry.ts';
import type { TrailPoint } from '../../protocol/trail.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { Live } from './live.ts';
import type { Projection } from './projection.ts';
import { Projector } from './projector.ts';
import { Trails } from './trails.ts';

/** Words for the tests of this folder: a day at an agency, told as a timeline. Test support, not part of the daemon. */

/** Six in the morning. Times in stories are seconds after it. */
const morning = Date.UTC(2026, 3, 1, 6);
export const at = (seconds: number) => morning + seconds * 1000;
const godown = { latitude: 18.52, longitude: 73.85 };

/** A fix `seconds` into the day, `metres` east of the godown. */
export function fix(device: string, seconds: number, metres: number, more: Partial<Position> = {}): Position {
  const place = destination(godown, 90, metres);
  return atResolution({ device, fixTime: at(seconds), receivedAt: at(seconds) + 500, ...place, ...more });
}

export const position = (value: Position, agency = 'pune'): LogRecord => ({ topic: 'positions', agency, value });

function happened<T extends Event['type']>(
  type: T,
  data: Extract<Event, { type: T }>['data'],
  agency = 'pune',
): LogRecord {
  const event = { id: '00000000-0000-4000-8000-000000000000', time: morning, actor: 'test', type, expects: [], data };
  return { topic: 'events', agency, value: event as unknown as Event };
}

export const van = (id: string, kind: 'van' | 'aircraft' = 'van') => happened('van-added', { id, name: id, kind });
export const device = (id: string, vanId: string, from = 0, type: DeviceType = 'tracker') =>
  happened('device-added', { id, username: id, type, vanId, from });
export const moved = (id: string, vanId: string | null, seconds: number) =>
  happened('device-moved', { id, vanId, from: at(seconds) });

/** Vans and devices as the events say, without any rule about who may change what. */
export class SmallRegistry implements RegistryView {
  #vans = new Map<string, Van>();
  #devices = new Map<string, Device>();

  /** Keeps this registry; it reads the whole log each time. */
  projection(): Projection {
    return {
      name: 'registry',
      version: 1,
      topics: ['events'],
      open: () => {
        this.#vans.clear();
        this.#devices.clear();
      },
      reset: () => {},
      save: () => null,
      apply: (record) => {
        if (record.topic === 'events') this.#apply(record.agency, record.value);
      },
    };
  }

  #apply(agency: string, { type, data }: Event): void {
    if (type === 'van-added') this.#vans.set(`${agency}/${data.id}`, { ...data, version: 1 });
    if (type === 'device-added') {
      const { vanId, from, ...fields } = data;
      const assignments = vanId === undefined ? [] : [{ from, vanId }];
      this.#devices.set(`${agency}/${data.id}`, { ...fields, enabled: true, assignments, version: 1 });
    }
    const known = type === 'device-moved' ? this.device(agency, data.id) : undefined;
    if (type === 'device-moved' && known !== undefined) {
      const assignments = [...known.assignments, { from: data.from, vanId: data.vanId }];
      assignments.sort((a, b) => a.from - b.from);
      this.#devices.set(`${agency}/${data.id}`, { ...known, assignments });
    }
  }

  van(agency: string, id: string): Van | undefined {
    return this.#vans.get(`${agency}/${id}`);
  }
  device(agency: string, id: string): Device | undefined {
    return this.#devices.get(`${agency}/${id}`);
  }
  devicesOfVan(agency: string, vanId: string): Device[] {
    const first = (device: Device) => device.assignments.find((assignment) => assignment.vanId === vanId)?.from ?? 0;
    return Array.from(this.#devices)
      .filter(([key]) => key.startsWith(`${agency}/`))
      .map(([, device]) => device)
      .filter((device) => device.assignments.some((assignment) => assignment.vanId === vanId))
      .sort(
        (a, b) =>
          Number(a.type === 'phone') - Number(b.type === 'phone') || first(a) - first(b) || a.id.localeCompare(b.id),
      );
  }
  agency(): Agency | undefined {
    return undefined;
  }
  agencies(): Agency[] {
    return [];
  }
  vans(): Van[] {
    return [];
  }
  devices(): Device[] {
    return [];
  }
  consumer(): undefined {
    return undefined;
  }
  consumers(): [] {
    return [];
  }
  credential(): undefined {
    return undefined;
  }
  credentialByKeyHash(): undefined {
    return undefined;
  }
  credentialByTokenHash(): undefined {
    return undefined;
  }
  vanOfDriver(): undefined {
    return undefined;
  }
  version(): number {
    return 0;
  }
  counts(): { vans: number; devices: number; consumers: number } {
    return { vans: this.#vans.size, devices: this.#devices.size, consumers: 0 };
  }
}

export const silent = pino({ level: 'silent' });
const folders: string[] = [];

/** Removes the temporary folders; for `afterAll`. */
export function tidy(): void {
  for (const each of folders.splice(0)) rmSync(each, { recursive: true, force: true });
}

/** A new temporary folder, until `tidy`. */
export function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'vantrail-project-'));
  folders.push(made);
  return made;
}

export interface StoryOptions {
  log?: Log;
  file?: string;
  /** 0: after every batch; Infinity: never but at the end */
  saveEveryMs?: number;
  now?: () => number;
  keep?: number;
  longestWait?: number;
}

/** An agency's day: a log, and what the projections make of it. */
export class Story {
  readonly log: Log;
  readonly file: string;
  readonly registry = new SmallRegistry();
  readonly trails: Trails;
  readonly live: Live;
  readonly projector: Projector;
  /** vans that moved, batch by batch */
  readonly moves: string[][] = [];

  constructor(options: StoryOptions = {}) {
    this.log = options.log ?? new MemoryLog();
    this.file = options.file ?? join(folder(), 'projections.sqlite');
    const { registry, log, file } = this;
    this.trails = new Trails({
      registry,
      now: options.now ?? (() => at(0)),
      ...(options.keep === undefined ? {} : { keep: options.keep }),
      ...(options.longestWait === undefined ? {} : { longestWait: options.longestWait }),
    });
    this.live = new Live({ registry, trails: this.trails });
    const saveEveryMs = options.saveEveryMs === Number.POSITIVE_INFINITY ? 2 ** 31 - 1 : (options.saveEveryMs ?? 1000);
    const projections = [registry.projection(), this.trails, this.live];
    this.projector = new Projector({ log, file, projections, logger: silent, saveEveryMs });
    this.projector.onChange((change) => this.moves.push([...change.moved].sort()));
  }

  static async begin(options: StoryOptions = {}): Promise<Story> {
    const story = new Story(options);
    await story.log.start();
    await story.projector.start();
    await story.projector.caughtUp;
    return story;
  }

  /** Appends one batch and waits until the projections have it. */
  tell(...records: LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  trail(deviceId: string, from = 0, to = Number.MAX_SAFE_INTEGER, agency = 'pune'): TrailPoint[] {
    return [...this.trails.device(agency, deviceId, from, to)].flat();
  }

  vanTrail(vanId: string, from = 0, to = Number.MAX_SAFE_INTEGER, agency = 'pune'): TrailPoint[] {
    return [...this.trails.van(agency, vanId, from, to)].flat();
  }

  async end(): Promise<void> {
    await this.projector.stop();
    await this.log.stop();
  }
}

/** Seconds into the day, with the mark if there is one: `10`, `20 jump`. */
export const told = (points: Iterable<TrailPoint>) =>
  Array.from(points, ({ fixTime, mark }) => `${(fixTime - morning) / 1000}${mark === undefined ? '' : ` ${mark}`}`);
