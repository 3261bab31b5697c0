import { Checkbox } from '@mantine/core';
import type { Account, AccountRole } from '../../../../protocol/account.ts';
import { scopes } from '../../../../protocol/claims.ts';
import { useParts } from '../../console-context.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { ChoiceField, FormFrame, TextField } from '../parts/Fields.tsx';
import { given, givenOrNull, useForm, without } from '../parts/form.ts';
import { accountsWords } from '../words/accounts.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';

/** A new account, or what can be changed of one. Scopes are a service's alone, so a service stays one. */
export function AccountForm(props: {
  account: Account | undefined;
  close: () => void;
  added: (account: Account & { key?: string }) => void;
  changed: () => void;
}) {
  const { account, close } = props;
  const { session } = useParts().console;
  const say = spoken(accountsWords);
  const both = spoken(sharedWords);
  const form = useForm({
    thing: account,
    from: (of: Account | undefined) => ({
      name: of?.name ?? '',
      id: of?.id ?? '',
      role: (of?.role ?? 'DELIVERY_PARTNER') as string,
      phone: of?.phone ?? '',
      language: (of?.language ?? '') as string,
      scopes: (of?.scopes ?? []).join(' '),
    }),
    send: async (values, version) => {
      const list = values.scopes.split(' ').filter(Boolean);
      const rights = values.role === 'INTERNAL_SERVICE' ? { scopes: list } : {};
      if (account === undefined) {
        const { name, id, role, phone, language } = values;
        const fields = { name: given(name), phone: given(phone), language: given(language) };
        const body = without({ id: given(id) ?? '', role, ...fields, ...rights });
        return (await session.write({ method: 'POST', path: '/api/accounts', body })) as Account & { key?: string };
      }
      const role = values.role === account.role ? {} : { role: values.role };
      const profile = { name: values.name, phone: givenOrNull(values.phone), language: givenOrNull(values.language) };
      const path = `/api/accounts/${encodeURIComponent(account.id)}`;
      const body = { ...profile, ...role, ...rights };
      return (await session.write({ method: 'PATCH', path, body, version })) as Account;
    },
    done: (answer) => (account === undefined ? props.added(answer) : props.changed()),
  });
  const isService = form.values.role === 'INTERNAL_SERVICE';
  const roles = (Object.keys(say.roles) as AccountRole[])
    .filter((role) => account === undefined || (role === 'INTERNAL_SERVICE') === (account.role === 'INTERNAL_SERVICE'))
    .map((value) => ({ value, label: say.roles[value] }));
  const languages = [
    { value: '', label: say.agencyLanguage },
    { value: 'en', label: 'English' },
    { value: 'hi', label: 'हिन्दी' },
  ];
  const chosen = new Set(form.values.scopes.split(' ').filter(Boolean));
  return (
    <Dialog title={account === undefined ? say.add : say.edit(account.name)} close={close}>
      <FormFrame
        form={form}
        cancel={close}
        submit={account === undefined ? (isService ? both.add : say.addAndInvite) : both.save}
      >
        <TextField form={form} name="name" label={say.name} autoFocus />
        {account === undefined && <TextField form={form} name="id" label={say.id} hint={say.idHint} required />}
        <ChoiceField
          form={form}
          name="role"
          label={say.role}
          hint={say.roleHints[form.values.role as AccountRole]}
          options={roles}
        />
        {isService ? (
          <fieldset className="ticks">
            <legend>{say.scopes}</legend>
            {scopes.map((scope) => (
              <Checkbox
                key={scope}
                label={say.scopeNames[scope]}
                checked={chosen.has(scope)}
                onChange={({ currentTarget }) => {
                  if (currentTarget.checked) chosen.add(scope);
                  else chosen.delete(scope);
                  form.set('scopes', [...chosen].join(' '));
                }}
              />
            ))}
          </fieldset>
        ) : (
          <>
            <TextField form={form} name="phone" label={say.phone} hint={say.phoneHint} type="tel" inputMode="tel" />
            <ChoiceField form={form} name="language" label={say.language} options={languages} />
          </>
        )}
        {account !== undefined && <p className="quiet">{say.roleNote}</p>}
      </FormFrame>
    </Dialog>
  );
}
