import { setTimeout } from 'node:timers/promises';

/** Calls to a running daemon, as the import command makes them. */
export interface DaemonClient {
  /** Sends a body; waits and tries again while the daemon is busy, full or away for a moment. */
  post(path: string, type: string, body: () => BodyInit): Promise<Response>;
}

export interface DaemonClientDeps {
  url: string;
  /** a bearer token that is good for some minutes */
  token: () => Promise<string>;
  /** waits ms */
  wait?: (ms: number) => Promise<unknown>;
}

/** After this many answers of "not now" in a row it is given up: about five minutes. */
const mostTries = 30;
const longestWait = 15_000;

/** Throws an Error with one line for a person when the daemon refuses, or does not answer. */
export function daemonClient({ url, token, wait = setTimeout }: DaemonClientDeps): DaemonClient {
  let answered = false;
  return {
    async post(path, type, body) {
      for (let tries = 0; ; tries++) {
        let response: Response | undefined;
        let problem: string;
        try {
          response = await fetch(new URL(path, url), {
            method: 'POST',
            headers: { authorization: `Bearer ${await token()}`, 'content-type': type },
            body: body(),
            duplex: 'half',
          } as RequestInit);
          answered = true;
          if (response.ok) return response;
          problem = await reasonOf(response);
          if (response.status === 401) {
            throw new Error(`the daemon at ${url} does not know the keys of this data folder; see --data and --url`);
          }
          if (response.status !== 429 && response.status < 500) throw new Error(`the daemon refused: ${problem}`);
        } catch (error) {
          if (response !== undefined) throw error;
          const { cause } = error as Error;
          problem = `no daemon answers at ${url} (${cause instanceof Error ? cause.message : (error as Error).message})`;
          // One that has answered before is restarting, perhaps; one that never did is not there.
          if (!answered) throw new Error(`${problem}; start it, or name its address with --url`);
        }
        if (tries >= mostTries) throw new Error(`${problem}; given up after ${tries} tries`);
        const asked = Number(response?.headers.get('retry-after') ?? Number.NaN) * 1000;
        await wait(Number.isFinite(asked) ? Math.min(asked, 60_000) : Math.min(longestWait, 500 * 2 ** tries));
      }
    },
  };
}

async function reasonOf(response: Response): Promise<string> {
  const problem = (await response.json().catch(() => ({}))) as { detail?: string };
  return problem.detail ?? `status ${response.status}`;
}
