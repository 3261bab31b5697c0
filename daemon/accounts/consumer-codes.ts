import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccountsView } from '../domain/account-view.ts';
import type { Asked, CodeAnswer } from '../domain/signing-in.ts';
import { Tries } from '../domain/tries.ts';
import { phoneKey } from './consumers-by-phone.ts';

/** How long a code is good, ms. */
export const codeLife = 10 * 60_000;
/** One message in this time to one number, and so many in an hour, ms. */
const betweenMessages = 30_000;
const messagesAnHour = 5;
const hour = 3_600_000;
/** Wrong codes for one challenge, and for one number in an hour. */
const wrongOfChallenge = 5;
const wrongOfPhone = 10;

interface CodeMessage {
  agency: string;
  consumerId: string;
  code: string;
  minutes: number;
  /** the same for one code, however often it is tried to be sent; tells nothing about it */
  key: string;
}

export interface ConsumerCodesDeps {
  find: (agency: string, phone: string) => string[];
  accounts: Pick<AccountsView, 'session' | 'sessionEnded'>;
  secret: () => Uint8Array;
  send: (message: CodeMessage) => void;
  /** UTC ms */
  now: () => number;
}

/**
 * One-time codes by which consumers sign in with their telephone. Whoever asks is given a challenge, and the code goes
 * to the telephone; both are needed, so an overheard code opens nothing. The code is HMAC(server secret, challenge and
 * number): nothing about it is stored or stands in the log, and every daemon knows it.
 *
 * It works once: the session it opens has an id that follows from the challenge, so at any daemon a second use finds
 * that session there already. Tries and messages are counted by each daemon for itself.
 */
export class ConsumerCodes {
  readonly #deps: ConsumerCodesDeps;
  readonly #challenges = new Tries({ most: wrongOfChallenge, lock: codeLife });
  readonly #phones = new Tries({ most: wrongOfPhone, lock: hour });
  readonly #sent = new Tries({ most: messagesAnHour, lock: hour });
  readonly #pauses = new Tries({ most: 1, lock: betweenMessages });

  constructor(deps: ConsumerCodesDeps) {
    this.#deps = deps;
  }

  /** Sends a code to a number. The answer is the same whether anybody has that number or not. */
  ask(agency: string, phone: string): Asked {
    const { now, find, send } = this.#deps;
    const time = now();
    const number = phoneKey(phone) ?? '';
    const counted = `${agency} ${number}`;
    const until = Math.max(
      this.#sent.lockedUntil(counted, time) ?? 0,
      this.#pauses.lockedUntil(counted, time) ?? 0,
      this.#phones.lockedUntil(counted, time) ?? 0,
    );
    if (until > 0) return { is: 'slow', wait: until - time };
    this.#sent.wrong(counted, time);
    this.#pauses.wrong(counted, time);
    const expiresAt = time + codeLife;
    const unsigned = `${expiresAt.toString(36)}.${randomBytes(16).toString('base64url')}`;
    const challenge = `${unsigned}.${this.#mac('challenge', agency, number, unsigned).toString('base64url')}`;
    const code = this.#code(agency, number, challenge);
    const [consumerId] = find(agency, phone);
    const key = `sign-in-code:${createHash('sha256').update(challenge).digest('base64url').slice(0, 22)}`;
    if (consumerId !== undefined) send({ agency, consumerId, code, minutes: codeLife / 60_000, key });
    return { is: 'asked', challenge, expiresAt };
  }

  /** Checks a code. `consumerId`: which of several with this number. */
  check(given: { agency: string; phone: string; challenge: string; code: string; consumerId?: string }): CodeAnswer {
    const { agency, phone, challenge, code } = given;
    const { now, find, accounts } = this.#deps;
    const time = now();
    const number = phoneKey(phone) ?? '';
    const counted = `${agency} ${number}`;
    const until = Math.max(
      this.#phones.lockedUntil(counted, time) ?? 0,
      this.#challenges.lockedUntil(challenge, time) ?? 0,
    );
    if (until > 0) return { is: 'slow', wait: until - time };
    const ours = this.#isOurs(agency, number, challenge, time);
    const right = timingSafeEqual(digest(code), digest(this.#code(agency, number, challenge)));
    const ids = find(agency, phone);
    const session = this.#mac('session', agency, number, challenge).subarray(0, 16).toString('base64url');
    const used = accounts.session(agency, session) !== undefined || accounts.sessionEnded(agency, session);
    if (!ours || !right || used || ids.length === 0) {
      // What is no challenge of ours costs its sender nothing, or anyone could lock a number without asking for a code.
      if (ours) {
        this.#challenges.wrong(challenge, time);
        this.#phones.wrong(counted, time);
      }
      return { is: 'wrong' };
    }
    this.#phones.right(counted);
    this.#sent.right(counted);
    const chosen = given.consumerId ?? (ids.length === 1 ? ids[0] : undefined);
    if (chosen === undefined || !ids.includes(chosen)) return { is: 'choose', consumerIds: ids };
    return { is: 'in', agency, consumerId: chosen, session };
  }

  #isOurs(agency: string, number: string, challenge: string, now: number): boolean {
    const [expires = '', random = '', mac = ''] = challenge.split('.');
    const right = this.#mac('challenge', agency, number, `${expires}.${random}`).toString('base64url');
    return timingSafeEqual(digest(mac), digest(right)) && now < Number.parseInt(expires, 36);
  }

  #code(agency: string, number: string, challenge: string): string {
    const digits = this.#mac('code', agency, number, challenge).readUIntBE(0, 6) % 1_000_000;
    return String(digits).padStart(6, '0');
  }

  #mac(purpose: string, agency: string, number: string, text: string): Buffer {
    return createHmac('sha256', this.#deps.secret()).update(`${purpose}\n${agency}\n${number}\n${text}`).digest();
  }
}

/** Of one length, for comparing in constant time what is not. */
function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
