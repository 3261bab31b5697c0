import type { Position } from '../../protocol/position.ts';
import type { DeadLetter, LogRecord } from '../../protocol/record.ts';
import type { Log, LogError } from '../log/log.ts';

interface Held {
  records: readonly LogRecord[];
  settled: (error?: LogError) => void;
}

/**
 * For tests: a log in memory that becomes durable when the test says so. Not held, it settles on the next turn of the
 * event loop; held, it waits for `commit` or `fail`.
 */
export class HeldLog implements Pick<Log, 'append' | 'waitingBytes'> {
  readonly records: LogRecord[] = [];
  readonly waiting: Held[] = [];
  held = false;
  #watchers: (() => void)[] = [];

  append(records: readonly LogRecord[], settled: (error?: LogError) => void): void {
    this.waiting.push({ records, settled });
    for (const watcher of this.#watchers.splice(0)) watcher();
    if (!this.held) setImmediate(() => this.commit(1));
  }

  waitingBytes(): number {
    return this.waiting.length * 100;
  }

  /** Makes the oldest `count` appends durable. */
  commit(count = this.waiting.length): void {
    for (const { records, settled } of this.waiting.splice(0, count)) {
      this.records.push(...records);
      settled();
    }
  }

  /** Refuses the oldest `count` appends. */
  fail(error: LogError, count = this.waiting.length): void {
    for (const { settled } of this.waiting.splice(0, count)) settled(error);
  }

  /** Resolves when at least `count` appends wait. */
  async waits(count: number): Promise<void> {
    while (this.waiting.length < count) await new Promise<void>((woken) => this.#watchers.push(woken));
  }

  get positions(): Position[] {
    return this.records.flatMap((record) => (record.topic === 'positions' ? [record.value] : []));
  }

  get deadLetters(): DeadLetter[] {
    return this.records.flatMap((record) => (record.topic === 'dead-letters' ? [record.value] : []));
  }
}
