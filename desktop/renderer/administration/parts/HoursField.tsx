import { Button, CloseButton, TextInput } from '@mantine/core';
import { partsWords } from '../words/parts.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import type { Form, Values } from './form.ts';

/** One stretch of the week; days as ISO 8601 has them, 1 Monday … 7 Sunday. */
export interface Hours {
  days: number[];
  from: string;
  to: string;
}

export const readHours = (text: string): Hours[] => JSON.parse(text === '' ? '[]' : text) as Hours[];
export const hoursText = (hours: readonly Hours[] | undefined): string => JSON.stringify(hours ?? []);

/** Stretches of the week, as many as there are. The form keeps them as one text. */
export function HoursField<V extends Values>(props: {
  form: Form<V>;
  name: keyof V & string;
  label: string;
  hint?: string;
  addText: string;
}) {
  const { form, name, label, hint, addText } = props;
  const say = spoken(partsWords);
  const both = spoken(sharedWords);
  const hours = readHours(String(form.values[name]));
  const set = (next: Hours[]) => form.set(name, hoursText(next) as V[typeof name]);
  const change = (at: number, part: Partial<Hours>) =>
    set(hours.map((each, index) => (index === at ? { ...each, ...part } : each)));
  const error = form.errorOf(name);
  return (
    <fieldset className="hours full">
      <legend>{label}</legend>
      {hint !== undefined && <p className="quiet">{hint}</p>}
      {hours.map((each, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a stretch is its place in the list
        <div key={at} className="hours-row">
          <fieldset className="hours-days">
            <legend className="visually-hidden">{`${label} ${at + 1}`}</legend>
            {[1, 2, 3, 4, 5, 6, 7].map((day) => (
              <button
                key={day}
                type="button"
                className="day"
                aria-pressed={each.days.includes(day)}
                onClick={() => {
                  const days = each.days.includes(day) ? each.days.filter((one) => one !== day) : [...each.days, day];
                  change(at, { days: days.sort((a, b) => a - b) });
                }}
              >
                {say.days[day]}
              </button>
            ))}
          </fieldset>
          <TextInput
            type="time"
            size="xs"
            aria-label={say.from}
            value={each.from}
            onChange={({ currentTarget }) => change(at, { from: currentTarget.value })}
          />
          <TextInput
            type="time"
            size="xs"
            aria-label={say.to}
            value={each.to}
            onChange={({ currentTarget }) => change(at, { to: currentTarget.value })}
          />
          <CloseButton
            aria-label={`${both.remove}: ${label} ${at + 1}`}
            onClick={() => set(hours.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      <div>
        <Button
          variant="default"
          size="compact-sm"
          onClick={() => set([...hours, { days: [1, 2, 3, 4, 5, 6], from: '09:00', to: '18:00' }])}
        >
          {addText}
        </Button>
      </div>
      {error !== undefined && (
        <p className="form-problem" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  );
}
