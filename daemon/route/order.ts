/**
 * The order of a run, on a matrix of costs (s): place 0 is where it starts, 1 … n are the stops, n + 1 is where it ends
 * if it ends anywhere given. Costs differ by direction.
 */
export interface RunCosts {
  cost: readonly (readonly number[])[];
  stops: number;
  /** whether the last place of the matrix is where the run ends */
  ends: boolean;
}

/** What a run costs in this order; indices of stops, from 0. */
export function costOfOrder({ cost, stops, ends }: RunCosts, order: readonly number[]): number {
  const path = pathOf({ stops, ends }, order);
  let sum = 0;
  for (let i = 1; i < path.length; i++) sum += cost[path[i - 1] as number]?.[path[i] as number] ?? 0;
  return sum;
}

/**
 * A good order: the nearest stop that is left is put in where it costs least (nearest insertion), then pieces are turned
 * around (2-opt) and moved elsewhere (Or-opt) as long as that makes it shorter. Never worse than `present`.
 */
export function goodOrder(run: RunCosts, present?: readonly number[]): number[] {
  const inserted = improved(run, insertion(run));
  if (present === undefined) return inserted;
  const changed = improved(run, present);
  return costOfOrder(run, changed) <= costOfOrder(run, inserted) ? changed : inserted;
}

/** Places of the matrix, the start first, the end last where there is one. */
function pathOf({ stops, ends }: Omit<RunCosts, 'cost'>, order: readonly number[]): number[] {
  return [0, ...order.map((stop) => stop + 1), ...(ends ? [stops + 1] : [])];
}

function orderOf({ ends }: RunCosts, path: readonly number[]): number[] {
  return path.slice(1, ends ? -1 : undefined).map((place) => place - 1);
}

function insertion(run: RunCosts): number[] {
  const { cost, stops, ends } = run;
  const between = (a: number, b: number | undefined) => (b === undefined ? 0 : (cost[a]?.[b] ?? 0));
  const path = pathOf(run, []);
  const left = new Set(Array.from({ length: stops }, (_, i) => i + 1));
  // by stop: how near it is to the path by now
  const nearest = Array.from({ length: stops + 1 }, (_, i) => Math.min(...path.map((place) => between(place, i))));
  while (left.size > 0) {
    let next = -1;
    for (const stop of left) if (next < 0 || (nearest[stop] as number) < (nearest[next] as number)) next = stop;
    left.delete(next);
    let best = { at: path.length, more: Number.POSITIVE_INFINITY };
    for (let at = 1; at < path.length + (ends ? 0 : 1); at++) {
      const [before, after] = [path[at - 1] as number, path[at]];
      const more = between(before, next) + between(next, after) - between(before, after);
      if (more < best.more) best = { at, more };
    }
    path.splice(best.at, 0, next);
    for (const stop of left) nearest[stop] = Math.min(nearest[stop] as number, between(next, stop));
  }
  return orderOf(run, path);
}

/** Changes that gain less are none: costs are sums of fractions. */
const least = 1e-6;
/** Rounds of changes at most; a few are usual, and a run has 150 stops at most. */
const mostRounds = 50;
/** Stops that are moved together at most. */
const mostMoved = 3;

function improved(run: RunCosts, order: readonly number[]): number[] {
  const path = pathOf(run, order);
  const changes = new Changes(run, path);
  for (let round = 0; round < mostRounds; round++) {
    // Not `||`: each round looks for both.
    const turned = changes.turn();
    if (!changes.move() && !turned) break;
  }
  return orderOf(run, path);
}

/**
 * Changes to a path, each taken as soon as it is found. In flat arrays, and with one place more to which everything
 * costs nothing: it follows the last one, so that a run without an end needs no rules of its own.
 */
class Changes {
  readonly #path: number[];
  readonly #cost: Float64Array;
  readonly #width: number;
  /** index of the last place that may change its place */
  readonly #last: number;
  readonly #beyond: number;

  constructor({ cost, ends }: RunCosts, path: number[]) {
    this.#path = path;
    this.#width = cost.length + 1;
    this.#beyond = cost.length;
    this.#cost = new Float64Array(this.#width ** 2);
    for (const [i, row] of cost.entries()) this.#cost.set(row, i * this.#width);
    this.#last = ends ? path.length - 2 : path.length - 1;
  }

  /** Turns pieces around; false: none gains by it. */
  turn(): boolean {
    let any = false;
    for (let from = 1; from < this.#last; from++) {
      // of the piece, driven as it is and backwards
      let [ahead, back] = [0, 0];
      for (let to = from + 1; to <= this.#last; to++) {
        ahead += this.#between(to - 1, to);
        back += this.#between(to, to - 1);
        const now = this.#between(from - 1, from) + ahead + this.#between(to, to + 1);
        const then = this.#between(from - 1, to) + back + this.#between(from, to + 1);
        if (now - then <= least) continue;
        const piece = this.#path.slice(from, to + 1).reverse();
        for (const [i, place] of piece.entries()) this.#path[from + i] = place;
        [ahead, back] = [back, ahead];
        any = true;
      }
    }
    return any;
  }

  /** Moves pieces of a few stops, turned around or not, to where they gain most; false: none does. */
  move(): boolean {
    let any = false;
    for (let length = 1; length <= mostMoved; length++) {
      for (let from = 1; from + length - 1 <= this.#last; from++) any = this.#moved(from, length) || any;
    }
    return any;
  }

  #moved(from: number, length: number): boolean {
    const to = from + length - 1;
    let [ahead, back] = [0, 0];
    for (let i = from + 1; i <= to; i++) {
      ahead += this.#between(i - 1, i);
      back += this.#between(i, i - 1);
    }
    const removed = this.#between(from - 1, from) + ahead + this.#between(to, to + 1) - this.#between(from - 1, to + 1);
    let best = { at: 0, turned: false, gain: least };
    // `at`: it goes between the places at − 1 and at
    for (let at = 1; at <= this.#last + 1; at++) {
      if (at >= from && at <= to + 1) continue;
      const opened = removed + this.#between(at - 1, at);
      const asIs = opened - this.#between(at - 1, from) - ahead - this.#between(to, at);
      const turned = opened - this.#between(at - 1, to) - back - this.#between(from, at);
      if (asIs > best.gain) best = { at, turned: false, gain: asIs };
      if (turned > best.gain) best = { at, turned: true, gain: turned };
    }
    if (best.at === 0) return false;
    const piece = this.#path.splice(from, length);
    if (best.turned) piece.reverse();
    this.#path.splice(best.at > from ? best.at - length : best.at, 0, ...piece);
    return true;
  }

  /** From one index of the path to another. */
  #between(a: number, b: number): number {
    const from = this.#path[a] ?? this.#beyond;
    return this.#cost[from * this.#width + (this.#path[b] ?? this.#beyond)] as number;
  }
}
