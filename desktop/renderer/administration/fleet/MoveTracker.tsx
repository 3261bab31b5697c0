import { useParts } from '../../console-context.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { ChoiceField, FormFrame } from '../parts/Fields.tsx';
import { givenOrNull, useForm } from '../parts/form.ts';
import { tell } from '../parts/told.tsx';
import { fleetAdminWords } from '../words/fleet.ts';
import { spoken } from '../words/spoken.ts';
import type { DeviceView } from './fleet-things.ts';

export function MoveTracker(props: {
  device: DeviceView;
  vans: readonly { id: string; name: string }[];
  close: () => void;
  done: () => void;
}) {
  const { session } = useParts().console;
  const say = spoken(fleetAdminWords).trackers;
  const { id } = props.device;
  const form = useForm({
    thing: props.device,
    from: (device: DeviceView | undefined) => ({ vanId: device?.assignments.at(-1)?.vanId ?? '' }),
    send: ({ vanId }, version) => {
      const path = `/api/devices/${encodeURIComponent(id)}`;
      return session.write({ method: 'PATCH', path, body: { vanId: givenOrNull(vanId) }, version });
    },
    done: () => {
      tell(say.moved(id));
      props.done();
    },
  });
  const options = [{ value: '', label: say.noVan }, ...props.vans.map((van) => ({ value: van.id, label: van.name }))];
  return (
    <Dialog title={say.moveTitle(id)} close={props.close} size="sm">
      <FormFrame form={form} cancel={props.close}>
        <ChoiceField form={form} name="vanId" label={say.van} options={options} />
      </FormFrame>
    </Dialog>
  );
}
