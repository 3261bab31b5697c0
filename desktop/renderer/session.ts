import { tokenExpiry } from '../../protocol/feed-client.ts';

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
  constructor(status: number, detail: string) {
    super(detail);
    this.name = 'Refused';
    this.status = status;
  }
}

export interface Session {
  /** A token good for at least some seconds. Rejects with SignInNeeded when there is no way to one. */
  token(): Promise<string>;
  /** GET with the token; the parsed JSON. */
  read(path: string, signal?: AbortSignal): Promise<unknown>;
}

interface SessionDeps {
  fetch: typeof fetch;
  /** the fragment of the address, `#token=…` or empty */
  fragment: string;
  /** keeps a token given in the address over a reload of this tab; a tab's storage dies with the tab */
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  now: () => number;
}

const storedAs = 'vantrail.token';
/** A token this close to its end is not used any more, ms. */
const spare = 10_000;

/** The token in an address's fragment, if there is one. */
export function tokenInFragment(fragment: string): string | undefined {
  return new URLSearchParams(fragment.replace(/^#/, '')).get('token') ?? undefined;
}

/** Opens a session: with the token of the address, else of this tab, else by the demo's sign-in. */
export function openSession(deps: SessionDeps): Session {
  const given = tokenInFragment(deps.fragment);
  if (given !== undefined) deps.storage.setItem(storedAs, given);
  let demo: string | undefined;

  const isGood = (token: string | null | undefined): token is string =>
    typeof token === 'string' && (tokenExpiry(token) ?? 0) > deps.now() + spare;

  const token = async (): Promise<string> => {
    const stored = deps.storage.getItem(storedAs);
    if (isGood(stored)) return stored;
    // Asked shortly before the present one ends, the demo token is worth replacing earlier than `spare`.
    if (isGood(demo) && (tokenExpiry(demo) ?? 0) > deps.now() + 90_000) return demo;
    const answer = await deps.fetch('/api/session/demo', { method: 'POST' });
    if (answer.ok) {
      deps.storage.removeItem(storedAs);
      const { accessToken } = (await answer.json()) as { accessToken: string };
      demo = accessToken;
      return accessToken;
    }
    if (answer.status === 429 || answer.status >= 500) throw new Refused(answer.status, await detailOf(answer));
    throw new SignInNeeded(stored !== null);
  };

  return {
    token,
    async read(path, signal) {
      const answer = await deps.fetch(path, {
        headers: { authorization: `Bearer ${await token()}`, accept: 'application/json' },
        ...(signal === undefined ? {} : { signal }),
      });
      if (!answer.ok) throw new Refused(answer.status, await detailOf(answer));
      return answer.json();
    },
  };
}

/** What a problem+json answer says, in one line. */
async function detailOf(answer: Response): Promise<string> {
  try {
    const { title, detail } = (await answer.json()) as { title?: string; detail?: string };
    return detail ?? title ?? `${answer.status}`;
  } catch {
    return `${answer.status} ${answer.statusText}`;
  }
}
