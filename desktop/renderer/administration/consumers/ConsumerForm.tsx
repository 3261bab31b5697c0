import type { Consumer } from '../../../../protocol/registry.ts';
import { useParts } from '../../console-context.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { ChoiceField, FormFrame, LongField, TextField } from '../parts/Fields.tsx';
import { given, givenOrNull, numberGiven, numberOrNull, useForm, without } from '../parts/form.ts';
import { tell } from '../parts/told.tsx';
import { consumersWords } from '../words/consumers.ts';
import { partsWords } from '../words/parts.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';

export function ConsumerForm(props: { consumer: Consumer | undefined; close: () => void; done: () => void }) {
  const { consumer, close, done } = props;
  const { session } = useParts().console;
  const say = spoken(consumersWords);
  const parts = spoken(partsWords);
  const both = spoken(sharedWords);
  const form = useForm({
    thing: consumer,
    from: (of: Consumer | undefined) => ({
      name: of?.name ?? '',
      number: of?.number ?? '',
      phone: of?.phone ?? '',
      address: of?.address ?? '',
      pincode: of?.pincode ?? '',
      latitude: String(of?.latitude ?? ''),
      longitude: String(of?.longitude ?? ''),
      language: (of?.language ?? '') as string,
      notes: of?.notes ?? '',
    }),
    send: async (values, version) => {
      const { name, number, phone, address, pincode, latitude, longitude, language, notes } = values;
      if (consumer === undefined) {
        const texts = { number, phone, address, pincode, language, notes };
        const filled = Object.fromEntries(Object.entries(texts).map(([field, value]) => [field, given(value)]));
        const place = { latitude: numberGiven(latitude), longitude: numberGiven(longitude) };
        const pin = place.latitude === undefined ? {} : { pinSource: 'pinned' };
        // Whoever has a consumer number is known by it; everybody else is given an id.
        const id = given(number)?.replace(/[^A-Za-z0-9._-]/g, '-') ?? crypto.randomUUID();
        const body = without({ id, name: name.trim(), ...filled, ...place, ...pin });
        return session.write({ method: 'POST', path: '/api/consumers', body });
      }
      const place = { latitude: numberOrNull(latitude), longitude: numberOrNull(longitude) };
      const isMoved =
        place.latitude !== (consumer.latitude ?? null) || place.longitude !== (consumer.longitude ?? null);
      const body = {
        name: name.trim(),
        number: givenOrNull(number),
        phone: givenOrNull(phone),
        address: givenOrNull(address),
        pincode: givenOrNull(pincode),
        language: givenOrNull(language),
        notes: givenOrNull(notes),
        ...(isMoved ? { ...place, pinSource: place.latitude === null ? null : 'pinned' } : {}),
      };
      const path = `/api/consumers/${encodeURIComponent(consumer.id)}`;
      return session.write({ method: 'PATCH', path, body, version });
    },
    done: () => {
      tell(consumer === undefined ? both.added(form.values.name) : both.saved);
      done();
    },
    renamed: { id: 'number' },
  });
  const languages = [
    { value: '', label: say.agencyLanguage },
    { value: 'en', label: 'English' },
    { value: 'hi', label: 'हिन्दी' },
  ];
  return (
    <Dialog title={consumer === undefined ? say.add : say.edit(consumer.name)} close={close} size="lg">
      <FormFrame form={form} cancel={close} submit={consumer === undefined ? both.add : both.save}>
        <div className="field-pair">
          <TextField form={form} name="name" label={say.name} required autoFocus />
          <TextField form={form} name="number" label={say.number} hint={say.numberHint} />
          <TextField form={form} name="phone" label={say.phone} type="tel" inputMode="tel" />
          <ChoiceField form={form} name="language" label={say.language} options={languages} />
        </div>
        <TextField form={form} name="address" label={say.address} />
        <div className="field-pair three">
          <TextField form={form} name="pincode" label={say.pincode} inputMode="numeric" />
          <TextField form={form} name="latitude" label={parts.latitude} inputMode="decimal" />
          <TextField form={form} name="longitude" label={parts.longitude} inputMode="decimal" />
        </div>
        <LongField form={form} name="notes" label={say.notes} hint={say.notesHint} rows={2} />
      </FormFrame>
    </Dialog>
  );
}
