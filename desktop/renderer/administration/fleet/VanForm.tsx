import type { Account } from '../../../../protocol/account.ts';
import { useParts } from '../../console-context.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { ChoiceField, FormFrame, TextField } from '../parts/Fields.tsx';
import { given, numberGiven, useForm, without } from '../parts/form.ts';
import { useListing } from '../parts/reading.ts';
import { tell } from '../parts/told.tsx';
import { useMay } from '../rights.ts';
import { fleetAdminWords } from '../words/fleet.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import type { VanView } from './fleet-things.ts';

/** A new van, or what can be changed of one: a dispatcher says who drives it, the rest is the administrator's. */
export function VanForm({ van, close, done }: { van: VanView | undefined; close: () => void; done: () => void }) {
  const { session } = useParts().console;
  const say = spoken(fleetAdminWords).vans;
  const both = spoken(sharedWords);
  const mayChange = useMay('vans');
  const maySeeAccounts = useMay('accounts');
  const accounts = useListing<Account>(maySeeAccounts ? '/api/accounts?limit=1000' : undefined);
  const drivers = (accounts.items ?? []).filter(({ role }) => role === 'DELIVERY_PARTNER');
  const form = useForm({
    thing: van,
    from: (of: VanView | undefined) => ({
      name: of?.name ?? '',
      id: of?.id ?? '',
      driverId: of?.driverId ?? '',
      'capacity/full': String(of?.capacity?.full ?? ''),
      'capacity/empties': String(of?.capacity?.empties ?? ''),
    }),
    send: async (values, version) => {
      const driverId = given(values.driverId);
      const [full, empties] = [numberGiven(values['capacity/full']), numberGiven(values['capacity/empties'])];
      const capacity = full === undefined && empties === undefined ? undefined : without({ full, empties });
      if (van === undefined) {
        const body = without({ id: given(values.id) ?? '', name: given(values.name), driverId, capacity });
        return session.write({ method: 'POST', path: '/api/vans', body });
      }
      const all = { name: values.name.trim(), capacity: capacity ?? null };
      const body = { driverId: driverId ?? null, ...(mayChange ? all : {}) };
      return session.write({ method: 'PATCH', path: `/api/vans/${encodeURIComponent(van.id)}`, body, version });
    },
    done: () => {
      tell(van === undefined ? both.added(form.values.name || form.values.id) : both.saved);
      done();
    },
  });
  const known = drivers.some(({ id }) => id === form.values.driverId);
  const options = [
    { value: '', label: say.noDriver },
    ...drivers.map(({ id, name }) => ({ value: id, label: name === id ? id : `${name} (${id})` })),
    ...(known || form.values.driverId === '' ? [] : [{ value: form.values.driverId, label: form.values.driverId }]),
  ];
  return (
    <Dialog title={van === undefined ? say.add : say.edit(van.name)} close={close}>
      <FormFrame form={form} cancel={close} submit={van === undefined ? both.add : both.save}>
        {mayChange && <TextField form={form} name="name" label={say.name} hint={say.nameHint} autoFocus />}
        {van === undefined && <TextField form={form} name="id" label={say.id} hint={say.idHint} required />}
        {maySeeAccounts ? (
          <ChoiceField form={form} name="driverId" label={say.driver} hint={say.driverHint} options={options} />
        ) : (
          <TextField form={form} name="driverId" label={say.driver} hint={say.driverHint} />
        )}
        {mayChange && (
          <fieldset className="field-pair">
            <legend>{say.capacity}</legend>
            <p className="quiet">{say.capacityHint}</p>
            <TextField form={form} name="capacity/full" label={say.full} inputMode="numeric" />
            <TextField form={form} name="capacity/empties" label={say.empties} inputMode="numeric" />
          </fieldset>
        )}
      </FormFrame>
    </Dialog>
  );
}
