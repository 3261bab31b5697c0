import { Button, Checkbox, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { type HTMLInputTypeAttribute, type ReactNode, useId } from 'react';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import type { Form, Values } from './form.ts';

interface FieldProps<V extends Values> {
  form: Form<V>;
  name: keyof V & string;
  label: string;
  hint?: ReactNode;
  required?: boolean;
}

interface TextProps<V extends Values> extends FieldProps<V> {
  type?: HTMLInputTypeAttribute;
  autoFocus?: boolean;
  autoComplete?: string;
  placeholder?: string;
  readOnly?: boolean;
  inputMode?: 'decimal' | 'numeric' | 'tel' | 'url';
  /** unit behind a number */
  unit?: string;
}

const shared = <V extends Values>({ form, name, label, hint, required = false }: FieldProps<V>) => ({
  label,
  description: hint,
  required,
  error: form.errorOf(name),
  inputWrapperOrder: ['label', 'input', 'description', 'error'] as ('label' | 'description' | 'input' | 'error')[],
});

export function TextField<V extends Values>(props: TextProps<V>) {
  const { form, name, autoComplete = 'off', unit, label, hint: _hint, required: _required, ...rest } = props;
  return (
    <TextInput
      {...rest}
      {...shared({ ...props, label: unit === undefined ? label : `${label} (${unit})` })}
      autoComplete={autoComplete}
      value={String(form.values[name])}
      onChange={({ currentTarget }) => form.set(name, currentTarget.value as V[typeof name])}
    />
  );
}

export function LongField<V extends Values>(props: FieldProps<V> & { rows?: number; mono?: boolean }) {
  const { form, name, rows = 3, mono = false } = props;
  return (
    <Textarea
      {...shared(props)}
      rows={rows}
      classNames={mono ? { input: 'mono' } : {}}
      spellCheck={!mono}
      value={String(form.values[name])}
      onChange={({ currentTarget }) => form.set(name, currentTarget.value as V[typeof name])}
    />
  );
}

export function ChoiceField<V extends Values>(
  props: FieldProps<V> & { options: readonly { value: string; label: string }[]; disabled?: boolean },
) {
  const { form, name, options, disabled = false } = props;
  return (
    <NativeSelect
      {...shared(props)}
      disabled={disabled}
      data={[...options]}
      value={String(form.values[name])}
      onChange={({ currentTarget }) => form.set(name, currentTarget.value as V[typeof name])}
    />
  );
}

export function TickField<V extends Values>(props: FieldProps<V>) {
  const { form, name, label, hint } = props;
  return (
    <Checkbox
      label={label}
      description={hint}
      error={form.errorOf(name)}
      checked={form.values[name] === true}
      onChange={({ currentTarget }) => form.set(name, currentTarget.checked as V[typeof name])}
    />
  );
}

/** The frame around fields: what is wrong, the newer state where there is one, and the buttons. */
export function FormFrame<V extends Values>(props: {
  form: Form<V>;
  children: ReactNode;
  submit?: string;
  cancel?: (() => void) | undefined;
  label?: string;
}) {
  const { form, children, cancel, label } = props;
  const say = spoken(sharedWords);
  const id = useId();
  return (
    <form ref={form.element} className="form" onSubmit={form.submit} noValidate aria-label={label}>
      {children}
      <div role="alert" id={id}>
        {form.problem !== undefined && !form.isConflict && <p className="form-problem">{form.problem}</p>}
        {form.isConflict && (
          <div className="form-conflict">
            <p>{say.conflict}</p>
            <Button size="compact-sm" variant="default" onClick={form.takeTheirs}>
              {say.takeTheirs}
            </Button>
            <Button size="compact-sm" variant="default" onClick={form.keepMine}>
              {say.keepMine}
            </Button>
          </div>
        )}
      </div>
      <div className="form-buttons">
        {cancel !== undefined && (
          <Button variant="default" onClick={cancel}>
            {say.cancel}
          </Button>
        )}
        <Button type="submit" className="primary" loading={form.busy}>
          {props.submit ?? say.save}
        </Button>
      </div>
    </form>
  );
}
