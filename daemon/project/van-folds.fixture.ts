import { join } from 'node:path';
import type { AgencyMotion } from '../../protocol/motion-settings.ts';
import type { Position } from '../../protocol/position.ts';
import type { Event, LogRecord } from '../../protocol/record.ts';
import type { Agency } from '../../protocol/registry.ts';
import type { Fix } from '../domain/fold.ts';
import { told } from '../domain/motion.fixture.ts';
import { motionStep } from '../domain/motion-step.ts';
import type { MotionFact } from '../domain/trips.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { Live } from './live.ts';
import { Motion } from './motion.ts';
import { MotionSettingsProjection } from './motion-settings.ts';
import { Projector } from './projector.ts';
import { folder, SmallRegistry, silent } from './story.fixture.ts';
import { Trails } from './trails.ts';
import { VanFolds } from './van-folds.ts';
import type { FactsListener } from './van-folds-settling.ts';
import type { AnyStep } from './van-folds-state.ts';

/* For tests: a log, and what the folds make of it beside registry, trails and live. */

export interface FoldStoryOptions {
  log?: Log;
  file?: string;
  saveEveryMs?: number;
  longestWait?: number;
  /** UTC ms */
  now?: () => number;
  workWithSave?: number;
  more?: readonly AnyStep[];
}

export class FoldStory {
  readonly log: Log;
  readonly file: string;
  readonly registry = new SmallRegistry();
  readonly folds: VanFolds;
  readonly motion: Motion;
  readonly settings = new MotionSettingsProjection();
  readonly projector: Projector;
  /** what listeners were told, as `late` or `now`, then the fact; `not` for what was withdrawn */
  readonly heard: string[] = [];

  constructor(options: FoldStoryOptions = {}) {
    this.log = options.log ?? new MemoryLog();
    this.file = options.file ?? join(folder(), 'projections.sqlite');
    const { registry, settings, log, file } = this;
    const {
      now = () => Date.UTC(2026, 3, 3),
      longestWait = 600_000,
      workWithSave = 100,
      more = [],
      saveEveryMs = 1000,
    } = options;
    const trails = new Trails({ registry, now, longestWait });
    const live = new Live({ registry, trails });
    const steps: AnyStep[] = [motionStep((agency, time) => settings.at(agency, time)), ...more];
    const folds = new VanFolds({ registry, trails, live, steps, now, workWithSave });
    settings.onChange((agency, from) => folds.changed(agency, from));
    this.folds = folds;
    this.motion = new Motion({ folds, settings, registry });
    folds.onFacts(this.#hear);
    const projections = [registry.projection(), trails, live, settings, folds];
    this.projector = new Projector({
      log,
      file,
      projections,
      logger: silent,
      saveEveryMs: Math.min(saveEveryMs, 2 ** 31 - 1),
    });
  }

  static async begin(options: FoldStoryOptions = {}): Promise<FoldStory> {
    const story = new FoldStory(options);
    await story.log.start();
    await story.projector.start();
    await story.projector.caughtUp;
    return story;
  }

  tell(...records: LogRecord[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }

  /** Trips, stops and gaps, told as in `motion.fixture.ts`. */
  told(vanId: string, now = Date.UTC(2026, 3, 3)): string[] {
    return this.facts(vanId, now).map(told);
  }

  facts(vanId: string, now = Date.UTC(2026, 3, 3)): MotionFact[] {
    return this.motion.trips('pune', vanId, 0, Number.MAX_SAFE_INTEGER, now);
  }

  async end(): Promise<void> {
    await this.projector.stop();
  }

  readonly #hear: FactsListener = (_agency, vanId, facts, { late, withdrawn }) => {
    for (const { step, fact } of withdrawn) if (step === 'motion') this.heard.push(`${vanId} not ${toldFact(fact)}`);
    for (const { step, fact } of facts) {
      if (step === 'motion') this.heard.push(`${vanId} ${late ? 'late' : 'now'} ${toldFact(fact)}`);
    }
  };
}

function toldFact(fact: object): string {
  return told(fact as MotionFact);
}

const positionOf = (device: string, fix: Fix): Position => {
  const { marked: _marked, ...fields } = fix;
  return { device, receivedAt: fix.fixTime + 500, ...fields };
};

export const sent = (device: string, fixes: readonly Fix[]): LogRecord[] =>
  fixes.map((fix) => ({ topic: 'positions', agency: 'pune', value: positionOf(device, fix) }));

/** The agency as it was added, or changed, at a time (UTC ms). */
export function agencyEvent(time: number, version: number, motion?: AgencyMotion): LogRecord {
  const agency: Agency & { motion?: AgencyMotion } = {
    id: 'pune',
    name: 'Pune',
    timeZone: 'Asia/Kolkata',
    language: 'en',
    ...(motion === undefined ? {} : { motion }),
  };
  const value = {
    id: '00000000-0000-4000-8000-000000000000',
    time,
    actor: 'test',
    type: version === 0 ? 'agency-added' : 'agency-changed',
    expects: [{ subject: 'agency:pune', version }],
    data: { agency },
  };
  return { topic: 'events', agency: 'pune', value: value as unknown as Event };
}
