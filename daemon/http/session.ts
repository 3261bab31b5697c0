import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { UtcMilliseconds } from '../../protocol/position.ts';
import { why } from '../../protocol/refusal-text.ts';
import { AgencyId, Id } from '../../protocol/registry.ts';
import type { Opened } from '../domain/signing-in.ts';
import { calculated, clientOf, type PeopleDeps, slowDown } from './people.ts';
import { Problem } from './problem.ts';
import { clearRefreshCookie, fromOurPage, refreshCookie, setRefreshCookie } from './refresh-cookie.ts';
import { longestLife } from './tokens.ts';
import { type App, validatorCompiler } from './validation.ts';

const Phone = Type.String({ minLength: 4, maxLength: 32 });
const refresh = Type.Optional(
  Type.Union([Type.Literal('cookie'), Type.Literal('body')], {
    default: 'cookie',
    description: 'how the refresh token comes: in a cookie no script can read, or for apps in the answer',
  }),
);
const byPassword = Type.Object(
  {
    login: Type.String({ minLength: 3, maxLength: 100, description: 'name@agency' }),
    password: Type.String({ minLength: 1, maxLength: 1000 }),
    refresh,
  },
  { additionalProperties: false },
);
const byKey = Type.Object(
  { key: Type.String({ minLength: 20, maxLength: 100, description: "a service account's key" }) },
  { additionalProperties: false },
);
const byCode = Type.Object(
  {
    agency: AgencyId,
    phone: Phone,
    challenge: Type.String({ maxLength: 120, description: 'from POST /api/session/code' }),
    code: Type.String({ pattern: '^[0-9]{6}$' }),
    consumerId: Type.Optional(Id),
    refresh,
  },
  { additionalProperties: false },
);

/** What whoever signs in is answered. */
export const SessionAnswer = Type.Object({
  accessToken: Type.String(),
  expiresIn: Type.Integer({ description: 's' }),
  agency: Type.String(),
  role: Type.String(),
  subject: Type.String({ description: 'id of the account or consumer' }),
  refreshToken: Type.Optional(Type.String({ description: 'only where it was asked for; good once' })),
});

const tags = ['session'];
const signIn = { access: 'public', limit: 'sign-in' } as const;

/** Answers with a session; a browser gets its refresh token as a cookie. */
export function answerWith(
  request: FastifyRequest,
  reply: FastifyReply,
  opened: Opened,
  way: { refresh: 'cookie' | 'body'; now: number },
) {
  reply.header('cache-control', 'no-store');
  const { accessToken, expiresIn, agency, role, subject, refreshToken } = opened;
  const answer = { accessToken, expiresIn, agency, role, subject };
  if (way.refresh === 'body') return { ...answer, refreshToken };
  fromOurPage(request);
  setRefreshCookie(request, reply, opened, way.now);
  return answer;
}

/** Signing in, staying signed in, signing out. */
export function sessionRoutes(deps: PeopleDeps) {
  const { sessions, codes, now } = deps;

  const open = async (
    request: FastifyRequest,
    who: { agency: string; role: Opened['role']; subject: string; id?: string },
  ) => {
    const opened = await sessions.open({ ...who, client: clientOf(request) });
    if (opened === undefined) throw wrong();
    return opened;
  };

  return async (app: App): Promise<void> => {
    app.post(
      '/api/session',
      {
        config: signIn,
        schema: {
          tags,
          summary: "Sign in: with a password, with a service's key, or as a consumer with a code",
          body: Type.Union([byPassword, byKey, byCode]),
          response: { 200: SessionAnswer },
        },
      },
      async (request, reply) => {
        const { body } = request;
        reply.header('cache-control', 'no-store');
        if ('key' in body) {
          const answer = deps.signIn.key(body.key, request.ip);
          if (answer.is === 'slow') throw slowDown(answer.wait);
          if (answer.is === 'wrong') throw wrong();
          const { agency, id: subject, scopes, generation } = answer;
          const role = 'INTERNAL_SERVICE';
          const accessToken = await deps.tokens.sign({ agency, role, subject, scopes, generation });
          return { accessToken, expiresIn: longestLife, agency, role, subject };
        }
        // Before anything is opened: a foreign page must not sign somebody in as another.
        const way = { refresh: body.refresh ?? 'cookie', now: now() } as const;
        if (way.refresh === 'cookie') fromOurPage(request);
        if ('code' in body) {
          const { refresh: _way, ...given } = body;
          const answer = codes.check(given);
          if (answer.is === 'slow') throw slowDown(answer.wait);
          if (answer.is === 'wrong') throw wrong();
          if (answer.is === 'choose') throw choose(answer.consumerIds);
          const { agency, consumerId: subject, session: id } = answer;
          return answerWith(request, reply, await open(request, { agency, role: 'CUSTOMER', subject, id }), way);
        }
        const answer = await calculated(deps.signIn.password(body.login, body.password, request.ip));
        if (answer.is === 'slow') throw slowDown(answer.wait);
        if (answer.is === 'wrong') throw wrong();
        const { agency, role, id: subject } = answer;
        return answerWith(request, reply, await open(request, { agency, role, subject }), way);
      },
    );

    app.post(
      '/api/session/code',
      {
        config: { access: 'public', limit: 'code' },
        schema: {
          tags,
          summary: 'Send a consumer a one-time code; answered the same whether the number is known or not',
          body: Type.Object({ agency: AgencyId, phone: Phone }, { additionalProperties: false }),
          response: { 202: Type.Object({ challenge: Type.String(), expiresAt: UtcMilliseconds }) },
        },
      },
      async (request, reply) => {
        const { agency, phone } = request.body;
        const answer = codes.ask(agency, phone);
        if (answer.is === 'slow') throw slowDown(answer.wait);
        const { challenge, expiresAt } = answer;
        return reply.code(202).header('cache-control', 'no-store').send({ challenge, expiresAt });
      },
    );

    app.post(
      '/api/session/refresh',
      {
        config: { access: 'public', limit: 'refresh' },
        validatorCompiler: orEmpty,
        schema: {
          tags,
          summary: 'The next tokens, for the refresh token of the cookie or of the body; each is good once',
          body: Type.Object(
            { refreshToken: Type.Optional(Type.String({ maxLength: 200 })) },
            { additionalProperties: false },
          ),
          response: { 200: SessionAnswer },
        },
      },
      async (request, reply) => {
        const given = request.body.refreshToken;
        const token = given ?? refreshCookie(request);
        reply.header('cache-control', 'no-store');
        const opened = token === undefined ? undefined : await sessions.refresh(token);
        if (opened !== undefined) {
          return answerWith(request, reply, opened, { refresh: given === undefined ? 'cookie' : 'body', now: now() });
        }
        if (token !== undefined && given === undefined) clearRefreshCookie(request, reply);
        throw new Problem(401, 'unauthorized', why('session-over'));
      },
    );

    app.delete(
      '/api/session',
      {
        config: { access: 'public', limit: 'refresh' },
        schema: {
          tags,
          summary: 'Sign out: ends the session of the bearer token, of the cookie, or of both',
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const [, bearer] = /^bearer (.+)$/i.exec(request.headers.authorization ?? '') ?? [];
        const viewer = bearer === undefined ? null : await deps.tokens.verify(bearer);
        if (viewer?.session !== undefined) await sessions.end(viewer.agency, viewer.session);
        const token = refreshCookie(request);
        if (token !== undefined) {
          await sessions.endByToken(token);
          clearRefreshCookie(request, reply);
        }
        return reply.code(204).header('cache-control', 'no-store').send(null);
      },
    );
  };
}

/** A request without a body has an empty one: browsers have nothing to say beside the cookie. */
const orEmpty: typeof validatorCompiler = (route) => {
  const check = validatorCompiler(route);
  return (data: unknown) => check(data ?? {});
};

/** The same words whatever was wrong: a name nobody has, a password, a key, a code. */
function wrong(): Problem {
  return new Problem(401, 'wrong-credentials', why('wrong-credentials'));
}

function choose(consumerIds: string[]): Problem {
  return new Problem(409, 'choose', why('which-consumer'), {
    current: { consumerIds },
  });
}
