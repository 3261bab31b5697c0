import { exec } from 'node:child_process';
import { promisify } from 'node:util';

/** What the simulator reads of a token: whose agency, and until when (UTC ms). The daemon alone verifies it. */
export interface TokenClaims {
  agency: string | undefined;
  expiresAt: number;
}

/** The claims of a JWT, unverified; undefined when it is none. */
export function readToken(token: string): TokenClaims | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    const { agency, exp } = (json ?? {}) as { agency?: unknown; exp?: unknown };
    return {
      agency: typeof agency === 'string' ? agency : undefined,
      expiresAt: typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY,
    };
  } catch {
    return undefined;
  }
}

/** A token is renewed this long before it ends, ms. */
const early = 60_000;

/**
 * Where tokens come from: one given at the start, or a command that prints one, asked again shortly before the last
 * one ends (tokens live for 15 minutes; a simulation may register new vans for days).
 */
export function tokenSource(
  given: { token: string; command: string },
  now: () => number = Date.now,
): () => Promise<string> {
  let token = given.token;
  return async () => {
    const isGood = token !== '' && (readToken(token)?.expiresAt ?? 0) - early > now();
    if (isGood || !given.command) return token;
    try {
      // the operator's own command line, as the operator wrote it
      const { stdout } = await promisify(exec)(given.command, { timeout: 30_000 });
      token = stdout.trim().split('\n').at(-1) ?? '';
      return token;
    } catch (error) {
      throw new Error(`--token-command failed: ${(error as Error).message}`, { cause: error });
    }
  };
}
