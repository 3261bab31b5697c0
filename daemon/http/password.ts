import { Type } from 'typebox';
import { why } from '../../protocol/refusal-text.ts';
import { changePassword } from '../domain/decide-account-access.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut } from './change.ts';
import { calculated, clientOf, isAccount, type PeopleDeps, slowDown, weak } from './people.ts';
import { notFound, Problem } from './problem.ts';
import { fromOurPage } from './refresh-cookie.ts';
import { answerWith, SessionAnswer } from './session.ts';
import type { App } from './validation.ts';

/** After a few wrong ones, ms. */
const pause = 60_000;

/** Another password, by whoever knows the present one. Everything signed in ends; the caller is given a new session. */
export function passwordRoutes({ accounts, commands, passwords, signIn, sessions, weakness, now }: PeopleDeps) {
  return async (app: App): Promise<void> => {
    app.put(
      '/api/me/password',
      {
        config: { access: { roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER'] }, limit: 'sign-in' },
        schema: {
          tags: ['me'],
          summary: 'Set another password; ends all sessions and gives the caller a new one',
          body: Type.Object(
            {
              current: Type.String({ minLength: 1, maxLength: 1000 }),
              password: Type.String({ maxLength: 1000 }),
              refresh: Type.Optional(Type.Union([Type.Literal('cookie'), Type.Literal('body')])),
            },
            { additionalProperties: false },
          ),
          response: { 200: SessionAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { agency, subject: id } = viewer;
        const { current, password, refresh = 'cookie' } = request.body;
        if (refresh === 'cookie') fromOurPage(request);
        // The demo and the operator's tool have no account, and so nothing to change.
        const account = isAccount(viewer) ? accounts.account(agency, id) : undefined;
        const role = account?.role;
        if (role === undefined || role === 'INTERNAL_SERVICE') throw notFound();
        const tooWeak = weakness(password, { login: id, agency });
        if (tooWeak !== undefined) throw weak(tooWeak);
        const shown = await calculated(signIn.shown(agency, id, current));
        if (shown === 'slow') throw slowDown(pause);
        if (shown === undefined) throw new Problem(403, 'wrong-credentials', why('wrong-old-password'));
        const hash = await calculated(passwords.hash(password));
        const { actor } = byOf(request);
        await carryOut(commands, changePassword(accounts, agency, { id, shown, hash }), { actor });
        const opened = await sessions.open({ agency, role, subject: id, client: clientOf(request) });
        if (opened === undefined) throw notFound();
        return answerWith(request, reply, opened, { refresh, now: now() });
      },
    );
  };
}
