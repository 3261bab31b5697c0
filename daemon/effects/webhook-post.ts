import dns from 'node:dns';
import http from 'node:http';
import https from 'node:https';
import type { LookupFunction } from 'node:net';
import { isPublicAddress, whyNotUrl } from '../domain/webhook-address.ts';

/** The answer's head must have come within this, ms, from the look-up of the name on. */
const patience = 10_000;
/** Bytes of an answer that are read, so that its sender can end well; nothing in them matters. */
const mostRead = 16_384;
/** Longest wait that a receiver may ask for, ms. */
const longestAsked = 3_600_000;

/** What is posted was not taken. */
export class NotTaken extends Error {
  override name = 'NotTaken';
  /** of the answer; undefined: there was none */
  readonly status: number | undefined;
  /** ms the receiver asked us to wait */
  readonly after: number;
  constructor(message: string, { status, after = 0 }: { status?: number; after?: number } = {}) {
    super(message);
    this.status = status;
    this.after = after;
  }
}

/** Posts a text; resolves when it was taken (2xx), rejects with NotTaken, or when it was called off. */
export type Post = (url: string, headers: Record<string, string>, body: string, signal: AbortSignal) => Promise<void>;

export interface PostOptions {
  /** addresses inside the operator's network are allowed, and http */
  inside: boolean;
  /** ms for an answer */
  patience?: number;
  lookup?: LookupFunction;
}

/**
 * Posts to an address that somebody else has chosen. Its name is looked up each time, and the connection goes to the
 * very addresses that were looked at, so that a name cannot first mean the open internet and then this machine. No
 * redirect is followed, no proxy asked, no connection kept.
 */
export function webhookPost(options: PostOptions): Post {
  const { inside, lookup = dns.lookup } = options;
  const onlyPublic: LookupFunction = (hostname, how, done) => {
    lookup(hostname, { ...how, all: true }, (error, found) => {
      if (error !== null) return done(error, []);
      const addresses = typeof found === 'string' ? [{ address: found, family: 4 }] : found;
      if (addresses.length > 0 && addresses.every(({ address }) => isPublicAddress(address))) {
        if (how.all === true) return done(null, addresses);
        return done(null, addresses[0]?.address ?? '', addresses[0]?.family);
      }
      done(new Error(`${hostname} is not an address on the open internet`), []);
    });
  };
  return async (url, headers, body, signal) => {
    // Also where it was decided before under other options, or is an IP address, which nobody looks up.
    const wrong = whyNotUrl(url, inside);
    if (wrong !== undefined) throw new NotTaken(`the address ${wrong}`);
    const late = AbortSignal.timeout(options.patience ?? patience);
    try {
      await post(url, headers, body, inside ? lookup : onlyPublic, AbortSignal.any([signal, late]));
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof NotTaken) throw error;
      throw new NotTaken(late.aborted ? 'it did not answer in time' : `it cannot be reached: ${reasonOf(error)}`);
    }
  };
}

function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  lookup: LookupFunction,
  signal: AbortSignal,
): Promise<void> {
  const { request } = url.startsWith('https:') ? https : http;
  return new Promise((resolve, reject) => {
    const length = { 'content-length': String(Buffer.byteLength(body)) };
    const sent = request(url, {
      method: 'POST',
      headers: { 'user-agent': 'vantrail-webhook', ...headers, ...length },
      agent: false,
      lookup,
      signal,
    });
    sent.on('error', reject);
    sent.on('response', (answer) => {
      const { statusCode: status = 0 } = answer;
      if (status >= 200 && status < 300) resolve();
      else reject(new NotTaken(`it answered ${status}`, { status, after: waitOf(answer.headers['retry-after']) }));
      let read = 0;
      answer.on('data', (part: Buffer) => {
        read += part.length;
        if (read > mostRead) answer.destroy();
      });
      answer.on('error', () => {});
    });
    sent.end(body);
  });
}

/** `retry-after` in ms: it is seconds, or a date, which is passed over. */
function waitOf(header: string | undefined): number {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Math.min(Number(header) * 1000, longestAsked) : 0;
}

function reasonOf(error: unknown): string {
  // Several addresses were tried: each has its own reason.
  const [first] = error instanceof AggregateError ? error.errors : [];
  const { message, code } = (first ?? error) as NodeJS.ErrnoException;
  return message === '' || message === undefined ? (code ?? 'unknown') : message;
}
