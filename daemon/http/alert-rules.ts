import { Type } from 'typebox';
import { mayManage } from '../../protocol/access.ts';
import { AlertRules, AlertRulesInput, contradiction, withPresets } from '../../protocol/alert-rules.ts';
import { why } from '../../protocol/refusal-text.ts';
import type { RulesSet } from '../domain/alert-view.ts';
import { setAlertRules } from '../domain/decide-alert.ts';
import type { AlertDeps } from './alerts.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
import { notFound, Problem } from './problem.ts';
import type { App } from './validation.ts';

const RulesAnswer = Type.Object({
  rules: AlertRules,
  version: Type.Integer({ minimum: 0, description: '0: all are as preset' }),
});
/** The administrator decides what people are told. */
const access = { roles: ['ADMIN'] } as const;
const tags = ['alerts'];

/** The rules of alerts: data, all of them at once. */
export function alertRuleRoutes({ alerts, commands, now }: Pick<AlertDeps, 'alerts' | 'commands' | 'now'>) {
  const answer = ({ rules, version }: RulesSet) => ({ rules, version });

  return async (app: App): Promise<void> => {
    app.get(
      '/api/alert-rules',
      {
        config: { access },
        schema: { tags, summary: 'What alerts are raised, when, and how', response: { 200: RulesAnswer } },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        if (!mayManage(viewer, 'alerts', viewer.agency, now())) throw notFound();
        return tagged(reply, answer(alerts.rules(viewer.agency)));
      },
    );

    app.put(
      '/api/alert-rules',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Set the rules; what is left out is as preset',
          body: AlertRulesInput,
          response: { 200: RulesAnswer },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        const input = request.body as AlertRulesInput;
        const wrong = contradiction(withPresets(input));
        if (wrong !== undefined) {
          const { path, message } = wrong;
          const reason = why('rules-disagree', { where: path, message });
          throw new Problem(400, 'invalid', reason, { errors: [{ path, rule: 'contradiction', message, ...reason }] });
        }
        const set = await carryOut(commands, setAlertRules(alerts, agency, input), byOf(request));
        return tagged(reply, answer(set));
      },
    );
  };
}
