import rateLimit from '@fastify/rate-limit';
import { why } from '../../protocol/refusal-text.ts';
import { Tries } from '../domain/tries.ts';
import { Problem } from './problem.ts';

/** Wrong tokens of one address, and for how long they then lock it out, ms. A token has 144 random bits. */
const wrongTokens = { most: 20, lock: 10 * 60_000 };

/**
 * Counts wrong tokens of share links. Only wrong ones are judged: behind one address of a mobile carrier are thousands of
 * consumers with right ones, and a link that is dead was right once. The length of a token keeps guessers out; this keeps
 * them from being busy.
 */
export class LinkGuesses {
  readonly #tries = new Tries(wrongTokens);

  /** Throws a 429 once an address has been wrong too often. `time`: UTC ms */
  wrong(address: string, time: number): void {
    const key = rateLimit.normalizeIP(address);
    const locked = this.#tries.lockedUntil(key, time);
    if (locked === undefined) {
      this.#tries.wrong(key, time);
      return;
    }
    const seconds = Math.ceil((locked - time) / 1000);
    throw new Problem(429, 'too-many-requests', why('too-many-links', { seconds }), {
      headers: { 'retry-after': String(seconds) },
    });
  }
}
