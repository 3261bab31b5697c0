import type { ServerMessage } from './feed.ts';
import { decodePositions, type FramePosition } from './feed-frame.ts';
import { closeCodes, heartbeatInterval } from './feed-limits.ts';

/**
 * The client side of the feed, for browser and Node. Keeps one connection alive: says hello, resumes from the last
 * cursor, reconnects with full jitter, renews its token in place, and tells the screen the truth about the link.
 *
 * A snapshot starts with page 0 and is complete with `last`; only then may the screen drop what it did not contain.
 */
export type LinkState =
  | { kind: 'connecting' | 'catching-up' | 'live'; since: number }
  | { kind: 'offline'; since: number; retryAt: number; detail?: string }
  | { kind: 'refused'; since: number; retryAt: number; code: RefusedBy; detail: string };

export type FeedMessage = ServerMessage | { type: 'frame'; cursor: string; positions: FramePosition[] };

export interface FeedOptions {
  /** address of the feed, `ws://…/feed` or `wss://…/feed` */
  url: () => string;
  /** a token good for now; called for each connection and shortly before the present one expires */
  token: () => Promise<string>;
  format?: 'json' | 'binary';
  onState: (state: LinkState) => void;
  onMessage: (message: FeedMessage) => void;
  WebSocket?: new (url: string) => WebSocket;
  now?: () => number;
  random?: () => number;
}

export interface Feed {
  close(): void;
}

/** Silence after which the link counts as lost, ms: two heartbeats and a slow network. */
const lostAfter = 2 * heartbeatInterval + 2000;
/** Waits before reconnecting grow from `firstWait` to `longestWait`, ms; the real wait is a random part of it. */
const firstWait = 500;
const longestWait = 15_000;
/** A new token is asked for this long before the present one expires, ms. */
const renewBefore = 60_000;

/** UTC ms at which a JWT expires (its `exp`), or undefined when it cannot be read. */
export function tokenExpiry(token: string): number | undefined {
  return timeIn(token, 'exp');
}

/** UTC ms at which a JWT was made (its `iat`): the daemon's clock, as whoever gets it hears of it. */
export function tokenMade(token: string): number | undefined {
  return timeIn(token, 'iat');
}

function timeIn(token: string, claim: 'exp' | 'iat'): number | undefined {
  try {
    const payload = atob((token.split('.')[1] ?? '').replace(/-/g, '+').replace(/_/g, '/'));
    const time = (JSON.parse(payload) as Record<string, unknown>)[claim];
    return typeof time === 'number' ? time * 1000 : undefined;
  } catch {
    return undefined;
  }
}

/** Opens the feed and keeps it open until `close`. */
export function connectFeed(options: FeedOptions): Feed {
  const Socket = options.WebSocket ?? WebSocket;
  const now = options.now ?? Date.now;
  const random = options.random ?? Math.random;
  let closed = false;
  let socket: WebSocket | undefined;
  let cursor: string | undefined;
  /** false while a snapshot is incomplete: its cursor must not be resumed from */
  let whole = false;
  let attempt = 0;
  /** counts attempts to open, so that an overtaken one gives up */
  let openings = 0;
  let lastHeard = now();
  let state: LinkState = { kind: 'connecting', since: now() };
  const timers = new Map<'retry' | 'silence' | 'renew', ReturnType<typeof setTimeout>>();

  const timer = (name: 'retry' | 'silence' | 'renew', ms: number, run: () => void) => {
    clearTimeout(timers.get(name));
    timers.set(name, setTimeout(run, ms));
  };
  const report = (next: LinkState) => {
    state = next;
    options.onState(next);
  };
  const progress = (kind: 'connecting' | 'catching-up' | 'live') => {
    if (state.kind !== kind) report({ kind, since: now() });
  };

  const retry = (code: number, detail: string | undefined) => {
    if (closed) return;
    clearTimeout(timers.get('silence'));
    clearTimeout(timers.get('renew'));
    const limit = code === closeCodes.restarting ? 1000 : Math.min(longestWait, firstWait * 2 ** attempt);
    attempt = Math.min(attempt + 1, 10);
    const wait = Math.max(50, random() * limit);
    const retryAt = now() + wait;
    const since = state.kind === 'offline' || state.kind === 'refused' ? state.since : lastHeard;
    if (!isRefusal(code)) {
      report({ kind: 'offline', since, retryAt, ...(detail === undefined ? {} : { detail }) });
    } else {
      report({ kind: 'refused', since, retryAt, code, detail: refusals[code] });
    }
    timer('retry', wait, () => void open());
  };

  const hear = () => {
    lastHeard = now();
  };

  /** Looks out for silence; one timer for as long as something is heard, not one for each of 20 frames a second. */
  const watch = (patience: number, detail: string) => {
    const of = now();
    timer('silence', patience, () => {
      const rest = Math.min(lostAfter, lastHeard + lostAfter - now());
      if (lastHeard < of || rest <= 0) drop(detail);
      else watch(rest, 'nothing heard from the daemon');
    });
  };

  /** Gives up the present socket without waiting for its close handshake, which a dead network never answers. */
  const drop = (detail: string) => {
    const old = socket;
    socket = undefined;
    old?.close();
    retry(0, detail);
  };

  const renew = async (present: string, of: WebSocket) => {
    const expiry = tokenExpiry(present);
    if (expiry === undefined) return;
    const wait = Math.max(1000, Math.min(expiry - now() - renewBefore, 2 ** 31 - 1));
    timer('renew', wait, async () => {
      try {
        const token = await options.token();
        if (of !== socket) return;
        of.send(JSON.stringify({ type: 'token', token }));
        void renew(token, of);
      } catch {
        // No new token now; the daemon closes with 4401 when the old one expires, and the reconnect asks again.
      }
    });
  };

  const receive = (data: unknown) => {
    hear();
    if (data instanceof ArrayBuffer) {
      const frame = decodePositions(new Uint8Array(data));
      cursor = frame.cursor;
      options.onMessage({ type: 'frame', ...frame });
      return;
    }
    const message = JSON.parse(String(data)) as ServerMessage;
    if (message.type === 'welcome') {
      attempt = 0;
      whole = message.resumed;
      progress('catching-up');
    } else {
      cursor = message.cursor;
    }
    options.onMessage(message);
    if (message.type === 'snapshot' && message.last) whole = true;
    if (whole && (message.type === 'snapshot' || message.type === 'heartbeat')) progress('live');
  };

  const open = async () => {
    clearTimeout(timers.get('retry'));
    const mine = ++openings;
    let token: string;
    try {
      token = await options.token();
    } catch (error) {
      if (mine === openings) retry(0, (error as Error).message);
      return;
    }
    if (closed || mine !== openings) return;
    const opened = new Socket(options.url());
    socket = opened;
    opened.binaryType = 'arraybuffer';
    watch(lostAfter, 'the daemon does not answer');
    opened.onopen = () => {
      const hello = { type: 'hello', token, format: options.format ?? 'json' };
      opened.send(JSON.stringify(whole && cursor !== undefined ? { ...hello, resume: cursor } : hello));
      void renew(token, opened);
    };
    opened.onmessage = (event: MessageEvent) => {
      if (opened !== socket) return;
      try {
        receive(event.data);
      } catch (error) {
        whole = false;
        drop(`could not read what the daemon sent: ${(error as Error).message}`);
      }
    };
    opened.onclose = (event: CloseEvent) => {
      if (opened !== socket) return;
      socket = undefined;
      retry(event.code, event.reason || undefined);
    };
    opened.onerror = () => {};
  };

  const wake = () => {
    if (state.kind === 'offline') void open();
  };
  globalThis.addEventListener?.('online', wake);
  report(state);
  void open();
  return {
    close() {
      closed = true;
      globalThis.removeEventListener?.('online', wake);
      for (const each of timers.values()) clearTimeout(each);
      const old = socket;
      socket = undefined;
      old?.close(1000);
    },
  };
}

/** What to tell a person when the daemon will not have us. */
const refusals = {
  [closeCodes.token]: 'The sign-in is no longer valid.',
  [closeCodes.origin]: 'This page may not use the feed of that address.',
  [closeCodes.badMessage]: 'The daemon did not understand this page; reload it.',
  [closeCodes.tooMany]: 'Too many connections; close some windows.',
} as const;
/** The close codes with which the daemon refuses a client. */
export type RefusedBy = keyof typeof refusals;

function isRefusal(code: number): code is RefusedBy {
  return Object.hasOwn(refusals, code);
}
