import { createHmac, timingSafeEqual } from 'node:crypto';
import { checkDigit, endsInCheckDigit } from '../../protocol/damm.ts';
import type { Order } from '../../protocol/order.ts';
import { Tries } from './tries.ts';

/** Wrong codes of one order, and for how long they then lock it, ms. */
const mostWrong = 5;
const lock = 10 * 60_000;

/** What became of a code that somebody entered. */
export type CodeCheck =
  | { is: 'right' }
  /** it cannot be a code: a digit is wrong or two are exchanged; it costs no try */
  | { is: 'mistyped' }
  | { is: 'wrong'; triesLeft: number }
  /** UTC ms */
  | { is: 'locked'; until: number };

/**
 * The codes by which consumers confirm a hand-over: five digits of HMAC-SHA256(server key, agency, order, attempt) and
 * Damm's check digit. Nothing is stored, so there is nothing to leak and every daemon with the key knows them; another
 * attempt has another code.
 *
 * Whoever guesses is right once in 100,000 tries: with 5 tries in 10 minutes an even chance takes 69 days at one
 * daemon, and an order is out for hours. A mistyped code is told at once, since everyone can see that it is none.
 */
export class DeliveryCodes {
  readonly #key: () => Uint8Array;
  readonly #tries = new Tries({ most: mostWrong, lock });

  /** `key`: gives 32 random bytes, the same at every daemon of the log; asked for with every code */
  constructor(key: () => Uint8Array) {
    this.#key = key;
  }

  /** The code of an order that is, or was, out for delivery. For its consumer's eyes alone. */
  of(agency: string, { id, attempt }: Pick<Order, 'id' | 'attempt'>): string {
    const key = this.#key();
    if (key.length < 32) throw new RangeError('the key of delivery codes has at least 32 bytes');
    const digest = createHmac('sha256', key).update(`${agency}\n${id}\n${attempt}`).digest();
    const digits = String(digest.readUIntBE(0, 6) % 100_000).padStart(5, '0');
    return `${digits}${checkDigit(digits)}`;
  }

  /** Checks a code that was entered, and counts it. */
  check(agency: string, order: Pick<Order, 'id' | 'attempt'>, code: string, now: number): CodeCheck {
    const key = `${agency}/${order.id}/${order.attempt}`;
    const until = this.#tries.lockedUntil(key, now);
    if (until !== undefined) return { is: 'locked', until };
    if (code.length !== 6 || !endsInCheckDigit(code)) return { is: 'mistyped' };
    if (timingSafeEqual(Buffer.from(code), Buffer.from(this.of(agency, order)))) {
      this.#tries.right(key);
      return { is: 'right' };
    }
    return { is: 'wrong', triesLeft: this.#tries.wrong(key, now) };
  }
}
