import type { RefusalParams } from '../../protocol/refusal-text.ts';

/** An answer of the API that is not a success. */
export class Refused extends Error {
  override name = 'Refused';
  readonly status: number;
  /** the stable last part of the problem's type: `wrong-code`, `conflict`, … */
  readonly type: string;
  readonly problem: { current?: unknown; code?: string; params?: RefusalParams };
  constructor(status: number, problem: Refused['problem'] & { type?: string; detail?: string }) {
    super(problem.detail ?? `answered ${status}`);
    this.status = status;
    this.type = problem.type?.split(/[/:#]/).pop() ?? '';
    this.problem = problem;
  }
}

/** How long an answer is waited for, ms: a poor network is slow before it is dead. */
const patience = 30_000;

/** Asks the daemon. Throws Refused for its refusals, and anything else when it could not be reached. */
export async function ask<T>(
  method: string,
  path: string,
  { body, token }: { body?: unknown; token?: string | undefined } = {},
): Promise<T> {
  const given = new AbortController();
  const timer = setTimeout(() => given.abort(), patience);
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: given.signal,
    });
    const text = await response.text();
    const json: unknown = text === '' ? null : parsed(text);
    if (!response.ok) throw new Refused(response.status, (json ?? {}) as { type?: string });
    return json as T;
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
