import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/*
 *   refresh token = agency "." session "." number "." mac        mac = HMAC-SHA256(server secret, the rest), base64url
 *
 * The next token of a session follows from its number alone. So two tabs, or two daemons, that refresh at the same
 * moment come to the same token and none of them is left with one that is worth nothing; and an old token is told from
 * a made-up one without keeping it, so that nobody can end another's session by guessing.
 */
export interface RefreshToken {
  agency: string;
  session: string;
  /** 1 for the first of a session */
  number: number;
}

export function writeRefreshToken(secret: Uint8Array, { agency, session, number }: RefreshToken): string {
  const text = `${agency}.${session}.${number}`;
  return `${text}.${macOf(secret, text)}`;
}

/** What a token says, or undefined when we never made it. */
export function readRefreshToken(secret: Uint8Array, token: string): RefreshToken | undefined {
  const [, text, agency, session, number, mac] =
    /^(([a-z0-9-]{1,32})\.([A-Za-z0-9_-]{22})\.([1-9]\d{0,8}))\.([A-Za-z0-9_-]{43})$/.exec(token) ?? [];
  if (text === undefined || agency === undefined || session === undefined || mac === undefined) return undefined;
  const right = Buffer.from(macOf(secret, text));
  return timingSafeEqual(right, Buffer.from(mac)) ? { agency, session, number: Number(number) } : undefined;
}

/** What is kept of a refresh token. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

function macOf(secret: Uint8Array, text: string): string {
  return createHmac('sha256', secret).update(`refresh ${text}`).digest('base64url');
}
