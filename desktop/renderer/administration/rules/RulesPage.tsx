import { Button } from '@mantine/core';
import { alertKinds } from '../../../../protocol/alert.ts';
import type { AlertRules } from '../../../../protocol/alert-rules.ts';
import { useParts } from '../../console-context.ts';
import { FormFrame } from '../parts/Fields.tsx';
import { useForm } from '../parts/form.ts';
import { Failed, Skeleton } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { useReading } from '../parts/reading.ts';
import { tell } from '../parts/told.tsx';
import { rulesWords } from '../words/rules.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { RuleSection } from './RuleSection.tsx';
import { type RuleValues, rulesOf, valuesOf } from './rule-values.ts';

interface RulesSet {
  rules: AlertRules;
  version: number;
}

/** What alerts are raised, when and how: all rules at once, as the daemon takes them. */
export default function RulesPage() {
  const say = spoken(rulesWords);
  const both = spoken(sharedWords);
  const rules = useReading<RulesSet>('/api/alert-rules');
  return (
    <>
      <PageHead title={both.pages['alert-rules']} lead={say.lead} />
      {rules.value === undefined ? (
        rules.error === undefined ? (
          <Skeleton rows={8} />
        ) : (
          <Failed error={rules.error} retry={rules.reload} />
        )
      ) : (
        <RulesForm
          key={rules.value.version}
          set={rules.value}
          done={(set) => {
            tell(both.saved);
            rules.put(set);
          }}
        />
      )}
    </>
  );
}

function RulesForm({ set, done }: { set: RulesSet; done: (set: RulesSet) => void }) {
  const { session } = useParts().console;
  const say = spoken(rulesWords);
  const form = useForm<RulesSet, RuleValues, RulesSet>({
    thing: set,
    from: (of) => valuesOf((of ?? set).rules),
    send: async (values, version) => {
      const change = { method: 'PUT', path: '/api/alert-rules', body: rulesOf(values), version } as const;
      return (await session.write(change)) as RulesSet;
    },
    done,
  });
  return (
    <FormFrame form={form}>
      {alertKinds.map((kind) => (
        <RuleSection key={kind} kind={kind} form={form} />
      ))}
      {form.changed && (
        <div className="save-bar" role="status">
          <span>{say.unsaved}</span>
          <Button type="submit" className="primary" size="xs" loading={form.busy}>
            {spoken(sharedWords).save}
          </Button>
        </div>
      )}
    </FormFrame>
  );
}
