import type { FeedMessage } from '../../protocol/feed-client.ts';

/**
 * The bridge: everything a page may ask of the desktop app, and everything the app tells a page. This file is its only
 * definition. A name without a handler in `main`, without a check in `bridge-inputs.ts` or missing from the lists
 * below does not compile.
 *
 *   page ── call(name, input) ──► main: sender checked, input checked ──► {ok: true, value} | {ok: false, error}
 *   main ── tell(name, news) ───► page: every listener; `on` answers how to stop listening
 *
 * All of it survives structuredClone: no functions, no classes.
 */

/** The languages of the app and its pages. */
export type Language = 'en' | 'hi';

/** What can be opened by an address, a notification or the tray. */
export interface Thing {
  kind: 'order' | 'van' | 'consumer';
  id: string;
}

/** A time from `from` until before `to`, UTC ms. */
export interface Stretch {
  from: number;
  to: number;
}

export interface Account {
  /** name@agency */
  login: string;
  agency: string;
  /** id of the account */
  subject: string;
}

/** What a page must know before it draws anything. */
export interface DeskState {
  version: string;
  /** address of the daemon, without a slash at its end; undefined: nobody has said it yet */
  server: string | undefined;
  account: Account | undefined;
  /** where the sign-in is kept: `memory` has to be said, it is over with the app */
  signInKept: 'safe' | 'memory';
  /** why it is in memory only */
  signInNote: string | undefined;
  /** whether this page is the one whose feed goes into the cache */
  feeds: boolean;
  /** what the address or the notification that began all this asks for */
  open: Thing | undefined;
  /** what happened before the page was there to be told */
  notices: Notice[];
}

/** Something a person should know, in words; `key` names the kind, so that the same is not shown twice. */
export interface Notice {
  key: string;
  text: string;
}

export interface Invitation {
  login: string;
  agency: string;
  purpose: string;
}

/** A part of the last picture: a page of the snapshot that a daemon would send, as JSON text. */
export interface PicturePart {
  /** a `snapshot` message of the feed; its subjects have numbers that no daemon gives */
  message: string;
  /** the daemon's clock when the picture was true, UTC ms */
  asOf: number;
  /** the agency, as JSON text */
  agency: string;
  /** give it back for the next part; undefined: that was the last */
  next: string | undefined;
}

/** What a page has heard from its feed since the last batch. */
export interface FeedBatch {
  /** counts the connections of this page's feed: with another number, something may have been missed in between */
  link: number;
  /** the daemon's clock now, UTC ms */
  at: number;
  /** messages as they came (JSON text), but for positions and heartbeats, in order */
  messages: string[];
  /** whose the positions are: `van/ID` or `consumer/ID`; the numbers in `positions` are places in this list */
  subjects: string[];
  /** positions, in frames as the feed has them (protocol/feed-frame.ts) */
  positions: Uint8Array[];
}

export interface CachedTrail {
  /** trail chunks (protocol/trail-chunk.ts), oldest first; their ends may lie outside what was asked for */
  chunks: Uint8Array[];
  /** what of the period is not in the cache */
  missing: Stretch[];
}

export interface Found {
  kind: 'van' | 'consumer' | 'order' | 'alert';
  id: string;
  /** the thing as JSON text */
  json: string;
  /** the daemon's clock when this was heard, UTC ms */
  heard: number;
}

export interface CacheFacts {
  /** undefined: nobody is signed in, or the cache could not be opened */
  open: boolean;
  bytes: number;
  points: number;
  things: number;
  /** the daemon's clock at the last word from it, UTC ms */
  asOf: number | undefined;
}

/** A note that waits for the daemon to be there. */
export interface WaitingNote {
  id: number;
  about: Thing;
  text: string;
  /** this computer's clock when it was written, UTC ms */
  at: number;
}

type None = undefined;

/** What a page may ask, with what it gives and what it gets. */
export interface Calls {
  'desk.state': { input: None; output: DeskState };
  /** This page speaks that language: menus, tray and questions follow, now and at the next start. */
  'desk.language': { input: { language: Language }; output: None };
  /** Tries the address, keeps it and reloads every window. */
  'server.set': { input: { address: string }; output: { server: string } };
  'session.token': { input: None; output: { token: string } };
  'session.sign-in': { input: { login: string; password: string }; output: Account };
  'session.invitation': { input: { secret: string }; output: Invitation };
  'session.accept': { input: { secret: string; password: string }; output: Account };
  /** `ask`: the person is asked whether what this computer has seen is removed too */
  'session.sign-out': { input: { cache: 'keep' | 'remove' | 'ask' }; output: { signedOut: boolean } };
  'cache.picture': { input: { after: string | undefined }; output: PicturePart | undefined };
  'cache.feed': { input: FeedBatch; output: { taken: boolean } };
  'cache.trail': { input: { vanId: string; from: number; to: number }; output: CachedTrail };
  /** Asks the daemon for exactly what `cache.trail` names as missing; answers how many points came. */
  'cache.fill': { input: { vanId: string; from: number; to: number }; output: { points: number } };
  'cache.search': { input: { text: string; limit: number }; output: Found[] };
  'cache.open': { input: { kind: Found['kind']; id: string }; output: Found | undefined };
  'cache.facts': { input: None; output: CacheFacts };
  'notes.add': { input: { about: Thing; text: string }; output: WaitingNote };
  'notes.list': { input: None; output: WaitingNote[] };
  'notes.remove': { input: { id: number }; output: { removed: boolean } };
  'notify.show': { input: { title: string; body: string; open: Thing | undefined }; output: { shown: boolean } };
  'tray.unread': { input: { alerts: number }; output: None };
}

/** What the app tells a page. */
export interface News {
  notice: Notice;
  /** an address, a notification or the tray asks for this thing */
  open: Thing;
  /** a menu or a shortcut of the app */
  menu: { act: 'search' | 'help' | 'sign-out' | 'change-server' };
  /** this page's feed goes into the cache from now on: it begins with all it knows */
  feeds: { feeds: true };
  /** a stretch was asked for in the background and is in the cache now */
  filled: { vanId: string };
}

export type CallName = keyof Calls;
export type NewsName = keyof News;

/** The names as values. A missing or a foreign one does not compile. */
const calls: Record<CallName, true> = {
  'desk.state': true,
  'desk.language': true,
  'server.set': true,
  'session.token': true,
  'session.sign-in': true,
  'session.invitation': true,
  'session.accept': true,
  'session.sign-out': true,
  'cache.picture': true,
  'cache.feed': true,
  'cache.trail': true,
  'cache.fill': true,
  'cache.search': true,
  'cache.open': true,
  'cache.facts': true,
  'notes.add': true,
  'notes.list': true,
  'notes.remove': true,
  'notify.show': true,
  'tray.unread': true,
};
const news: Record<NewsName, true> = { notice: true, open: true, menu: true, feeds: true, filled: true };
export const callNames = Object.keys(calls) as CallName[];
export const newsNames = Object.keys(news) as NewsName[];

/** The one prefix of our channels between main and pages. */
export const channel = (name: CallName | NewsName) => `vantrail:${name}`;

/** Why a call was refused. `status`: the daemon's answer, where there was one. */
export interface BridgeError {
  code: 'sender' | 'input' | 'sign-in-needed' | 'refused' | 'offline' | 'cache' | 'failed';
  message: string;
  status?: number;
}
export type Result<T> = { ok: true; value: T } | { ok: false; error: BridgeError };

/** What a page finds as `window.vantrail`. */
export interface Bridge {
  call<N extends CallName>(name: N, input: Calls[N]['input']): Promise<Result<Calls[N]['output']>>;
  on<N extends NewsName>(name: N, listener: (news: News[N]) => void): () => void;
}

/** The messages of a feed that a cache keeps. */
export type KeptMessage = Extract<FeedMessage, { type: 'welcome' | 'snapshot' | 'event' | 'gone' }>;
