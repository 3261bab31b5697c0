/** One line of the ratio table: our figure and the other side's, measured in the same run. */
export interface Row {
  name: string;
  ours: number;
  other: number;
  /** ours over other, or other over ours where less is better: what `target` speaks of */
  ratio: number;
  /** the least ratio that is good enough; null: none, it is there to be compared with */
  target: number | null;
  ok: boolean;
  /** of `ours` and `other` */
  unit: string;
}

/** A row where more is better: ours / other ≥ target. */
export function moreIsBetter(name: string, ours: number, other: number, target: number, unit: string): Row {
  const ratio = ours / other;
  return { name, ours, other, ratio, target, ok: ratio >= target, unit };
}

/** A row to be compared with others, without a target. */
export function forComparison(name: string, ours: number, other: number, unit: string): Row {
  return { name, ours, other, ratio: ours / other, target: null, ok: true, unit };
}

/** A row where less is better: other / ours ≥ target. With `other` as an allowed amount and target 1 it is a limit. */
export function lessIsBetter(name: string, ours: number, other: number, target: number, unit: string): Row {
  const ratio = other / ours;
  return { name, ours, other, ratio, target, ok: ratio >= target, unit };
}

/** The middle value; of an even number of values the upper middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
