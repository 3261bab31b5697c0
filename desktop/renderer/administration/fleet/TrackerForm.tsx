import type { DeviceType } from '../../../../protocol/registry.ts';
import { useParts } from '../../console-context.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { ChoiceField, FormFrame, TextField } from '../parts/Fields.tsx';
import { given, useForm, without } from '../parts/form.ts';
import { fleetAdminWords } from '../words/fleet.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import type { Credential } from './fleet-things.ts';

/** Registers a device; what the daemon answers has its key, this once. */
export function TrackerForm(props: {
  vanId?: string;
  vans: readonly { id: string; name: string }[];
  gateways: readonly string[];
  close: () => void;
  done: (credential: Credential, type: DeviceType) => void;
}) {
  const { session } = useParts().console;
  const say = spoken(fleetAdminWords).trackers;
  const both = spoken(sharedWords);
  const form = useForm({
    from: () => ({ id: '', type: 'tracker', vanId: props.vanId ?? '', gatewayId: '' }),
    send: async ({ id, type, vanId, gatewayId }) => {
      const body = without({ id: given(id) ?? '', type, vanId: given(vanId), gatewayId: given(gatewayId) });
      return (await session.write({ method: 'POST', path: '/api/devices', body })) as Credential;
    },
    done: (credential) => props.done(credential, form.values.type as DeviceType),
  });
  const types = Object.entries(say.types).map(([value, label]) => ({ value, label }));
  const vans = [{ value: '', label: say.noVan }, ...props.vans.map(({ id, name }) => ({ value: id, label: name }))];
  const gateways = [{ value: '', label: say.noGateway }, ...props.gateways.map((id) => ({ value: id, label: id }))];
  return (
    <Dialog title={say.add} close={props.close}>
      <FormFrame form={form} cancel={props.close} submit={both.add}>
        <TextField form={form} name="id" label={say.id} hint={say.idHint} required autoFocus />
        <ChoiceField form={form} name="type" label={say.type} options={types} />
        <ChoiceField form={form} name="vanId" label={say.van} options={vans} />
        {props.gateways.length > 0 && (
          <ChoiceField form={form} name="gatewayId" label={say.gateway} options={gateways} />
        )}
      </FormFrame>
    </Dialog>
  );
}
