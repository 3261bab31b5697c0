import type { Bridge, BridgeError, CallName, Calls, DeskState, News, NewsName } from '../shared/bridge.ts';
import { Refused, requests, type Session, SignInNeeded } from './session.ts';
import { language, words } from './words.ts';

/** The desktop app around this page. In a browser there is none, and the console is all there is. */
export interface Desk {
  readonly state: DeskState;
  /** Asks the app. Rejects with Refused, SignInNeeded, a TypeError where the server is not there, or an Error. */
  ask<N extends CallName>(name: N, input: Calls[N]['input']): Promise<Calls[N]['output']>;
  on<N extends NewsName>(name: N, listener: (news: News[N]) => void): () => void;
}

/** Finds the bridge and asks how things stand; undefined in a browser. */
export async function openDesk(window: object): Promise<Desk | undefined> {
  const { vantrail: bridge } = window as { vantrail?: Bridge };
  if (bridge === undefined) return undefined;
  const ask: Desk['ask'] = async (name, input) => {
    const result = await bridge.call(name, input);
    if (result.ok) return result.value;
    throw failure(result.error);
  };
  return { state: await ask('desk.state', undefined), ask, on: (name, listener) => bridge.on(name, listener) };
}

/** The error that a browser's way would have given, so that whoever catches it need not know which way it was. */
function failure({ code, message, status }: BridgeError): Error {
  if (code === 'sign-in-needed') return new SignInNeeded(status !== undefined);
  if (code === 'offline') return new TypeError(message);
  if (code === 'refused') return new Refused(status ?? 0, language === 'en' ? message : words.signIn.refused(status));
  return new Error(message);
}

/** The address of the server's feed. */
export function deskFeedUrl({ state }: Desk): string {
  return `${(state.server ?? '').replace(/^http/, 'ws')}/feed`;
}

/** The session that the app keeps: a page has no refresh token, only what is good for a quarter of an hour. */
export function deskSession(desk: Desk, fetch: typeof globalThis.fetch): Session {
  const token = async () => (await desk.ask('session.token', undefined)).token;
  return {
    token,
    signIn: async (login, password) => void (await desk.ask('session.sign-in', { login, password })),
    invitation: (secret) => desk.ask('session.invitation', { secret }),
    accept: async (secret, password) => void (await desk.ask('session.accept', { secret, password })),
    signedIn: () => desk.state.account !== undefined,
    signOut: async () => (await desk.ask('session.sign-out', { cache: 'ask' })).signedOut,
    ...requests(fetch, token),
  };
}
