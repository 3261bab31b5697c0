import { tokenExpiry } from '../../protocol/feed-client.ts';
import { problemText } from '../../protocol/refusal-text.ts';
import { language } from './words.ts';

/** Nobody is signed in and nothing here can change that: a person has to. */
export class SignInNeeded extends Error {
  /** true: there was a token, and it is over */
  readonly expired: boolean;
  constructor(expired: boolean) {
    super(expired ? 'the token has expired' : 'no token');
    this.name = 'SignInNeeded';
    this.expired = expired;
  }
}

/** The daemon answered, and not with success. */
export class Refused extends Error {
  readonly status: number;
  /** what the daemon said in full: a problem (RFC 9457), of a stale change with the state as it is now; else undefined */
  readonly problem: unknown;
  constructor(status: number, detail: string, problem?: unknown) {
    super(detail);
    this.name = 'Refused';
    this.status = status;
    this.problem = problem;
  }
}

export interface Session {
  /** A token good for at least some seconds. Rejects with SignInNeeded when there is no way to one. */
  token(): Promise<string>;
  /** GET with the token; the parsed JSON. */
  read(path: string, signal?: AbortSignal): Promise<unknown>;
  /** Changes something; the parsed JSON of the answer, undefined where it has none. Rejects with Refused. */
  write(change: Change): Promise<unknown>;
  /** As `write`, with the answer as it comes: for one that is read while it is being written. Rejects with Refused. */
  send(change: Change): Promise<Response>;
  /** GET with the token; the whole answer, for what is saved as a file. Rejects with Refused. */
  fetch(path: string, signal?: AbortSignal): Promise<Response>;
  /** `login`: name@agency. Rejects with Refused when that is not right. */
  signIn(login: string, password: string): Promise<void>;
  /** Whom a link to set a password is for. Rejects with Refused when it is used up, too old or none. */
  invitation(secret: string): Promise<Invitation>;
  /** Sets the password by that link, and is signed in. */
  accept(secret: string, password: string): Promise<void>;
  /** Answers whether: in the desktop app somebody may think better of it. */
  signOut(): Promise<boolean>;
  /** whether somebody has signed in here with a password */
  signedIn(): boolean;
}

/** A change, as the daemon's routes take it. */
interface Change {
  method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  path: string;
  /** sent as JSON; a Blob goes as it is, with its own type */
  body?: object | undefined;
  /** the version that was seen: a newer one refuses the change with 412 */
  version?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface Invitation {
  /** name@agency */
  login: string;
  /** the agency's name */
  agency: string;
  purpose: string;
}

interface SessionDeps {
  fetch: typeof fetch;
  /** the fragment of the address, `#token=…` or empty */
  fragment: string;
  /** keeps a token given in the address over a reload of this tab; a tab's storage dies with the tab */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** remembers that somebody signed in here; how he stays it is a cookie that no script can read */
  lasting: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  now: () => number;
}

const storedAs = 'vantrail.token';
const signedInAs = 'vantrail.signed-in';
/** A token this close to its end is not used any more, ms. */
const spare = 10_000;

/** The token in an address's fragment, if there is one. */
export function tokenInFragment(fragment: string): string | undefined {
  return inFragment(fragment, 'token');
}

/** The secret of a link to set a password (`npm run agency`, an invitation), if the address is one. */
export function invitationInFragment(fragment: string): string | undefined {
  return inFragment(fragment, 'invitation');
}

function inFragment(fragment: string, name: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get(name) ?? undefined;
}

/** Opens a session: with the token of the address, else of this tab, else of who signed in here, else of the demo. */
export function openSession(deps: SessionDeps): Session {
  const given = tokenInFragment(deps.fragment);
  if (given !== undefined) deps.storage.setItem(storedAs, given);
  let demo: string | undefined;
  let own: string | undefined;
  let refreshing: Promise<string | undefined> | undefined;

  const isGood = (token: string | null | undefined): token is string =>
    typeof token === 'string' && (tokenExpiry(token) ?? 0) > deps.now() + spare;

  const post = async (path: string, body: object | undefined, method = 'POST'): Promise<Response> => {
    const answer = await deps.fetch(path, {
      method,
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw await refusal(answer);
    return answer;
  };
  const enter = async (answer: Response) => {
    own = ((await answer.json()) as { accessToken: string }).accessToken;
    deps.storage.removeItem(storedAs);
    deps.lasting.setItem(signedInAs, '1');
  };
  /** Another token by the cookie; undefined: the sign-in is over. */
  const refresh = async (): Promise<string | undefined> => {
    try {
      await enter(await post('/api/session/refresh', undefined));
      return own;
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 401) throw error;
      deps.lasting.removeItem(signedInAs);
      return undefined;
    }
  };

  const token = async (): Promise<string> => {
    const stored = deps.storage.getItem(storedAs);
    if (isGood(stored)) return stored;
    if (isGood(own) && (tokenExpiry(own) ?? 0) > deps.now() + 90_000) return own;
    const signedIn = deps.lasting.getItem(signedInAs) !== null;
    if (signedIn) {
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      const fresh = await refreshing;
      if (fresh !== undefined) return fresh;
      throw new SignInNeeded(true);
    }
    // Asked shortly before the present one ends, the demo token is worth replacing earlier than `spare`.
    if (isGood(demo) && (tokenExpiry(demo) ?? 0) > deps.now() + 90_000) return demo;
    const answer = await deps.fetch('/api/session/demo', { method: 'POST' });
    if (answer.ok) {
      deps.storage.removeItem(storedAs);
      const { accessToken } = (await answer.json()) as { accessToken: string };
      demo = accessToken;
      return accessToken;
    }
    if (answer.status === 429 || answer.status >= 500) throw await refusal(answer);
    throw new SignInNeeded(stored !== null);
  };

  return {
    token,
    signIn: async (login, password) => enter(await post('/api/session', { login, password })),
    invitation: async (secret) =>
      (await post('/api/invitations/look', { token: secret })).json() as Promise<Invitation>,
    accept: async (secret, password) => enter(await post('/api/invitations/accept', { token: secret, password })),
    signedIn: () => deps.lasting.getItem(signedInAs) !== null,
    async signOut() {
      deps.lasting.removeItem(signedInAs);
      deps.storage.removeItem(storedAs);
      own = undefined;
      await post('/api/session', undefined, 'DELETE');
      return true;
    },
    ...requests(deps.fetch, token),
  };
}

/** Reading and changing with the token of whoever is signed in. */
export function requests(
  fetch: typeof globalThis.fetch,
  token: () => Promise<string>,
): Pick<Session, 'read' | 'write' | 'send' | 'fetch'> {
  const get = async (path: string, accept: string, signal?: AbortSignal) => {
    const answer = await fetch(path, {
      headers: { authorization: `Bearer ${await token()}`, accept },
      ...(signal === undefined ? {} : { signal }),
    });
    if (!answer.ok) throw await refusal(answer);
    return answer;
  };
  const send: Session['send'] = async ({ method, path, body, version, signal }) => {
    const answer = await fetch(path, {
      method,
      headers: {
        authorization: `Bearer ${await token()}`,
        accept: 'application/json',
        ...(version === undefined ? {} : { 'if-match': `"${version}"` }),
        ...(body === undefined || body instanceof Blob ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!answer.ok) throw await refusal(answer);
    return answer;
  };
  return {
    read: async (path, signal) => (await get(path, 'application/json', signal)).json(),
    fetch: (path, signal) => get(path, '*/*', signal),
    send,
    async write(change) {
      const text = await (await send(change)).text();
      return text === '' ? undefined : JSON.parse(text);
    },
  };
}

/** An answer that is no success, as an error with what its problem+json says, in the language of the console. */
async function refusal(answer: Response): Promise<Refused> {
  try {
    const problem = (await answer.json()) as Parameters<typeof problemText>[0];
    return new Refused(answer.status, problemText(problem, language) ?? `${answer.status}`, problem);
  } catch {
    return new Refused(answer.status, `${answer.status} ${answer.statusText}`);
  }
}
