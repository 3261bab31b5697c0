import type { SessionRecord } from '../../protocol/account.ts';

/** A session ends when it was not used for this long, and at the latest after `longest`, ms. */
const idle = 30 * 86_400_000;
const longest = 90 * 86_400_000;
/**
 * How long the token before the present one is answered as if it were the present one, ms: two tabs wake up together,
 * or an answer is lost on the way. After that it can only be a copy.
 */
export const grace = 20_000;

export type NewSession = Pick<SessionRecord, 'id' | 'role' | 'subject' | 'generation' | 'client'>;

export function newSession(fields: NewSession, tokenHash: string, now: number): SessionRecord {
  const { client, ...rest } = fields;
  return {
    kind: 'session',
    ...rest,
    number: 1,
    tokenHash,
    createdAt: now,
    rotatedAt: now,
    expiresAt: now + idle,
    client: client.slice(0, 120),
  };
}

/** What is to become of a session when one of its tokens is shown. */
export type Rotation =
  /** write this; its token is the answer */
  | { do: 'rotate'; number: number; record: (tokenHash: string) => SessionRecord }
  /** the token of this number is the answer, and nothing is written */
  | { do: 'repeat'; number: number }
  /** a used token came back: somebody has a copy, and nobody can tell who. The whole family ends */
  | { do: 'end' }
  | { do: 'refuse' };

/**
 * Decides on a token that is known to be ours. `known`: the session as this daemon has it, which may be behind another
 * daemon that served it a moment ago; `generation`: of its account now, undefined when it may not come in any more.
 */
export function rotation(
  known: SessionRecord | undefined,
  shown: { number: number; tokenHash: string },
  state: { ended: boolean; generation: number | undefined; now: number },
): Rotation {
  const { ended, generation, now } = state;
  if (known === undefined || ended || now >= known.expiresAt || generation !== known.generation) {
    return { do: 'refuse' };
  }
  if (shown.number < known.number) {
    const justNow = shown.number === known.number - 1 && now - known.rotatedAt <= grace;
    return justNow ? { do: 'repeat', number: known.number } : { do: 'end' };
  }
  // The present token, but not as it was kept: the server's secret is another one than when it was made.
  if (shown.number === known.number && shown.tokenHash !== known.tokenHash) return { do: 'refuse' };
  const number = shown.number + 1;
  const record = (tokenHash: string): SessionRecord => ({
    ...known,
    number,
    tokenHash,
    rotatedAt: now,
    expiresAt: Math.min(now + idle, known.createdAt + longest),
  });
  return { do: 'rotate', number, record };
}
