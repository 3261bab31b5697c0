import { Button } from '@mantine/core';
import { type AlertKind, severities } from '../../../../protocol/alert.ts';
import { ChoiceField, TextField, TickField } from '../parts/Fields.tsx';
import type { Form } from '../parts/form.ts';
import { rulesWords } from '../words/rules.ts';
import { spoken } from '../words/spoken.ts';
import { isChanged, limitsOf, presetOf, type RuleValues } from './rule-values.ts';

const schedules = ['always', 'working-hours', 'run', 'working-hours-or-run'] as const;

export function RuleSection({ kind, form }: { kind: AlertKind; form: Form<RuleValues> }) {
  const say = spoken(rulesWords);
  const { title, text } = say.kinds[kind];
  const isOn = form.values[`${kind}/on`] === true;
  const changed = isChanged(form.values, kind);
  return (
    <section className="section rule" data-on={isOn} aria-label={title}>
      <div className="rule-head">
        <TickField form={form} name={`${kind}/on`} label={title} hint={text} />
        {changed && (
          <Button
            variant="subtle"
            color="gray"
            size="compact-sm"
            onClick={() => {
              for (const [name, value] of presetOf(kind)) form.set(name, value);
            }}
          >
            {say.toPreset}
          </Button>
        )}
      </div>
      {isOn && (
        <div className="form wide">
          <ChoiceField
            form={form}
            name={`${kind}/severity`}
            label={say.severity}
            options={severities.map((value) => ({ value, label: say.severities[value] }))}
          />
          <ChoiceField
            form={form}
            name={`${kind}/schedule`}
            label={say.schedule}
            options={schedules.map((value) => ({ value, label: say.schedules[value] }))}
          />
          {limitsOf(kind).map(({ field, schema }) => {
            const { label, unit } = say.limits[field] ?? { label: field, unit: '' };
            return (
              <TextField
                key={field}
                form={form}
                name={`${kind}/${field}`}
                label={label}
                {...(unit === '' ? {} : { unit })}
                hint={say.presetIs(String(schema.default), String(schema.minimum), String(schema.maximum))}
                inputMode="numeric"
              />
            );
          })}
          <TickField form={form} name={`${kind}/sounds`} label={say.sounds} />
        </div>
      )}
    </section>
  );
}
