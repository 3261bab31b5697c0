import { destination, type LatLon } from '../../protocol/geo.ts';
import { type AgencyMotion, motionSettings } from '../../protocol/motion-settings.ts';
import { atResolution } from '../../protocol/position.ts';
import type { Fix } from './fold.ts';
import { type MotionState, motionAt, openFact } from './motion.ts';
import { motionStep } from './motion-step.ts';
import type { MotionFact } from './trips.ts';

/* For tests: a van's day, told as what it does; and what motion makes of it, told back. */

/** Eight in the morning, UTC. */
export const morning = Date.UTC(2026, 3, 1, 8);
const godown: LatLon = { latitude: 18.52, longitude: 73.85 };

/** 0 … 1, the same every time. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
}

interface Said {
  /** s between fixes */
  every?: number;
  speed?: boolean;
  ignition?: boolean;
  accuracy?: number;
}

/** Fixes as a tracker would send them, from what the van does. Distances in m, to the east of the godown. */
export class Journey {
  readonly fixes: Fix[] = [];
  /** UTC ms */
  time: number;
  metres = 0;
  #said: Said;
  #random: () => number;

  constructor(said: Said = {}, start = morning, seed = 1) {
    this.#said = said;
    this.time = start;
    this.#random = randomOf(seed);
  }

  /** Says other things of itself from now on. */
  says(said: Said): this {
    this.#said = { ...this.#said, ...said };
    return this;
  }

  /** Stands still; its receiver wanders by so many metres. */
  stands(minutes: number, wander = 5): this {
    return this.#goOn(minutes * 60, 0, wander);
  }

  drives(metres: number, speed = 30): this {
    return this.#goOn(metres / (speed / 3.6), speed, 3);
  }

  /** Nothing is heard of it; meanwhile it goes so far. */
  silent(minutes: number, metres = 0): this {
    this.time += minutes * 60_000;
    this.metres += metres;
    return this;
  }

  /** One fix beside where it is. */
  spike(metres: number, more: Partial<Fix> = {}): this {
    this.#fix(0, metres, more);
    this.time += (this.#said.every ?? 10) * 1000;
    return this;
  }

  #goOn(seconds: number, speed: number, wander: number): this {
    const { every = 10 } = this.#said;
    const end = this.time + seconds * 1000;
    while (this.time < end) {
      this.#fix(speed, wander * (2 * this.#random() - 1));
      const step = Math.min(every * 1000, end - this.time);
      this.time += step;
      this.metres += (speed / 3.6) * (step / 1000);
    }
    return this;
  }

  #fix(speed: number, beside: number, more: Partial<Fix> = {}): void {
    const { speed: says = true, ignition, accuracy } = this.#said;
    const place = destination(destination(godown, 90, this.metres), 0, beside);
    this.fixes.push({
      ...atResolution({ fixTime: Math.round(this.time), ...place }),
      ...(says ? { speed: speed === 0 ? Math.round(this.#random() * 20) / 10 : speed } : {}),
      ...(ignition === undefined ? {} : { ignition }),
      ...(accuracy === undefined ? {} : { accuracy }),
      ...more,
    });
  }
}

/** What is found in the fixes. */
export function fold(fixes: readonly Fix[], set: AgencyMotion = {}) {
  const settings = motionSettings(set);
  const step = motionStep(() => settings);
  const facts: MotionFact[] = [];
  /** what it was doing, whenever that changed */
  const doing: string[] = [];
  let state: MotionState = step.initial();
  for (const fix of fixes) {
    state = step.next(state, fix, { agency: 'pune', vanId: 'v1' }, (fact) => facts.push(fact));
    if (doing.at(-1)?.slice(6) !== state.doing) doing.push(`${clock(fix.fixTime)} ${state.doing}`);
  }
  const end = fixes.at(-1)?.fixTime ?? 0;
  return {
    facts,
    doing,
    state,
    told: [...facts, openFact(state, settings, end)].filter((fact) => fact !== undefined).map(told),
    at: (now: number) => motionAt(state, settings, now),
    openAt: (now: number) => openFact(state, settings, now),
  };
}

/** Hours and minutes, UTC. */
export function clock(time: number): string {
  return new Date(time).toISOString().slice(11, 16);
}

/** `trip 08:20–08:31 4.0 km`. */
export function told(fact: MotionFact): string {
  const span = `${clock(fact.from)}–${fact.until === undefined ? '' : clock(fact.until)}`;
  if (fact.kind === 'stop') return `stop ${span}`;
  const silence = fact.kind === 'trip' && fact.endedBy === 'silence' ? ' silent' : '';
  return `${fact.kind} ${span} ${(fact.distance / 1000).toFixed(1)} km${silence}`;
}
