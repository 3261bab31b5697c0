/** What a part of the soak is given. It ends by itself at the deadline. */
export interface Conditions {
  /** UTC ms */
  deadline: number;
  seed: number;
  /** says how far it is; may be called as often as it likes */
  progress: (line: string) => void;
}

/** What came of a part; it holds when there are no faults. */
export interface Outcome {
  figures: Readonly<Record<string, number>>;
  faults: readonly string[];
}

export interface Part {
  /** how long it may take unless told otherwise */
  minutes: number;
  run: (conditions: Conditions) => Promise<Outcome>;
}

/** The texts of the rules that do not hold. */
export function broken(rules: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(rules)
    .filter(([, holds]) => !holds)
    .map(([rule]) => rule);
}
