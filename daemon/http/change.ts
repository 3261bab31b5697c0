import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusalText, said, why } from '../../protocol/refusal-text.ts';
import type { Decide, Refusal } from '../domain/decision.ts';
import type { Commands } from '../project/commands.ts';
import { actorOf, signedIn } from './auth.ts';
import { notFound, Problem } from './problem.ts';

/** Who changes something, and on which version he decided. */
export interface By {
  actor: string;
  ifMatch?: number;
}

/** The caller of a request that changes something; `If-Match` names the version seen. */
export function byOf(request: FastifyRequest): By {
  const actor = actorOf(signedIn(request));
  const header = request.headers['if-match'];
  if (header === undefined || header === '*') return { actor };
  const version = /^(?:W\/)?"?(\d{1,15})"?$/.exec(header)?.[1];
  if (version !== undefined) return { actor, ifMatch: Number(version) };
  throw new Problem(400, 'invalid', why('if-match'), {
    errors: [{ path: 'header/if-match', rule: 'format', message: 'must be a version, as "3"' }],
  });
}

/** Carries a command out; what is refused becomes a problem. */
export async function carryOut<T>(commands: Pick<Commands, 'execute'>, decide: Decide<T>, by: By): Promise<T> {
  const result = await commands.execute(decide, by);
  if (result.ok) return result.value;
  throw problemOfRefusal(result, by);
}

/** The refusal of a command as its HTTP answer. */
export function problemOfRefusal(
  { kind, why: reason, current }: Pick<Refusal, 'kind' | 'why' | 'current'>,
  { ifMatch }: Pick<By, 'ifMatch'> = {},
): Problem {
  const now = current === undefined ? {} : { current };
  if (reason === undefined) return notFound();
  switch (kind) {
    case 'missing':
      return notFound();
    case 'exists':
      return new Problem(409, 'exists', reason, now);
    case 'stale':
      // Without If-Match nobody named a version; others were merely faster, and asking again will do.
      return ifMatch === undefined ? new Problem(409, 'conflict', reason, now) : new Problem(412, 'stale', reason, now);
    case 'invalid': {
      const { field } = reason;
      const message = refusalText(reason, 'en') ?? reason.code;
      const path = field === undefined ? undefined : `/${field.replaceAll('.', '/')}`;
      const errors = path === undefined ? [] : [{ path, rule: 'state', message, ...said(reason) }];
      return new Problem(422, 'cannot-be', reason, { errors });
    }
  }
}

/** The version of what is answered, for a later If-Match. */
export function tagged<T extends { version: number }>(reply: FastifyReply, thing: T): T {
  reply.header('etag', `"${thing.version}"`).header('cache-control', 'no-store');
  return thing;
}
