import type { Fix, FoldContext } from '../domain/fold.ts';
import type { AnyStep, KeptFact } from './van-folds-state.ts';

type Emit = (fact: KeptFact['fact']) => void;

/** Checkpoints lie this far apart, ms of fix time. */
const quarter = 900_000;

/** Whether a checkpoint belongs between two fixes of a van. Those of many vans do not all come at once. */
export function isBetween(key: number, before: number, after: number): boolean {
  const shift = (key * 7_919_000) % quarter;
  return before >= 0 && Math.floor((before + shift) / quarter) !== Math.floor((after + shift) / quarter);
}

/** Takes fixes through all steps, in their order. One for all vans: nothing is made anew for a fix. */
export class FoldRun {
  readonly #steps: readonly AnyStep[];
  readonly #emits: readonly Emit[];
  readonly #places: ReadonlyMap<string, number>;
  readonly #context: FoldContext = { agency: '', vanId: '', motion: undefined };
  #found: KeptFact[] = [];
  #at = 0;

  constructor(steps: readonly AnyStep[]) {
    this.#steps = steps;
    this.#places = new Map(steps.map(({ name }, i) => [name, i]));
    this.#emits = steps.map(
      ({ name }) =>
        (fact) =>
          void this.#found.push({ step: name, at: this.#at, fact }),
    );
  }

  /** The steps and their versions, in order: what is on disk of others is of no use. */
  get signature(): string {
    return this.#steps.map(({ name, version = 1 }) => `${name}@${version}`).join(' ');
  }

  /** Where the state of a step lies among the states; −1: there is no such step. */
  indexOf(name: string): number {
    return this.#places.get(name) ?? -1;
  }

  initial(): unknown[] {
    return this.#steps.map((step) => step.initial());
  }

  copy(states: readonly unknown[]): unknown[] {
    return this.#steps.map((step, i) => step.copy(states[i]));
  }

  /** Takes a fix into the states, in place; what is found is added to `found`. */
  take(agency: string, vanId: string, states: unknown[], fix: Fix, found: KeptFact[]): void {
    const context = this.#context;
    context.agency = agency;
    context.vanId = vanId;
    context.motion = undefined;
    this.#found = found;
    this.#at = fix.fixTime;
    for (let i = 0; i < this.#steps.length; i++) {
      const state = states[i];
      const next = (this.#steps[i] as AnyStep).next(state, fix, context, this.#emits[i] as Emit);
      // Nearly always the same object: nothing is to be written then.
      if (next !== state) states[i] = next;
    }
  }
}
