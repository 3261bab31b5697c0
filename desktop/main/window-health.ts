import type { Notice } from '../shared/bridge.ts';
import type { NativeWords } from './native-words.ts';

/** What to do about a page that ended or hangs. */
export type Remedy = 'reload' | 'ask' | 'none';

/** A page that ends more often than this within `within` ms is not started again by itself. */
const mostEnds = 3;
const within = 5 * 60_000;

/** Reasons of Electron's `render-process-gone` that are no accident. */
const intended = ['clean-exit'];

/** Counts the accidents of one window's page. */
export class WindowHealth {
  #now: () => number;
  #ends: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The page's process is gone. `ask`: it ends again and again, somebody should decide. */
  gone(reason: string): Remedy {
    if (intended.includes(reason)) return 'none';
    const now = this.#now();
    this.#ends = [...this.#ends.filter((at) => now - at < within), now];
    return this.#ends.length > mostEnds ? 'ask' : 'reload';
  }
}

/** What a person is told after the page was started again. */
export function goneNotice(reason: string, { page }: NativeWords): Notice {
  return { key: 'page-gone', text: reason === 'oom' ? page.outOfMemory : page.gone(reason) };
}
