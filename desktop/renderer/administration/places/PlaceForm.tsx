import type { SeenPlace } from '../../../../protocol/place.ts';
import { useParts } from '../../console-context.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { ChoiceField, FormFrame, TextField } from '../parts/Fields.tsx';
import { given, givenOrNull, numberGiven, numberOrNull, useForm, without } from '../parts/form.ts';
import { tell } from '../parts/told.tsx';
import { partsWords } from '../words/parts.ts';
import { placesWords } from '../words/places.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { citiesPath, placePath } from './place-path.ts';

const pincodesPath = '/api/v1/location-updates/pincodes';

/** A city, or the area of a pincode. Fields are called as the routes of the gazetteer call them. */
export function PlaceForm({
  place,
  close,
  done,
}: {
  place: SeenPlace | undefined;
  close: () => void;
  done: () => void;
}) {
  const { session } = useParts().console;
  const say = spoken(placesWords);
  const parts = spoken(partsWords);
  const both = spoken(sharedWords);
  const form = useForm({
    thing: place,
    from: (of: SeenPlace | undefined) => ({
      kind: of?.kind === 'pincode' ? 'pincode' : 'city',
      pincode: of?.pincode ?? '',
      city_name: (of?.kind === 'pincode' ? of.city : of?.name) ?? '',
      area_name: of?.kind === 'pincode' ? of.name : '',
      state: of?.state ?? '',
      district: of?.district ?? '',
      latitude: String(of?.latitude ?? ''),
      longitude: String(of?.longitude ?? ''),
      population: String(of?.population ?? ''),
      alternate_names: (of?.names ?? []).join(', '),
    }),
    send: async (values, version) => {
      const { city_name, area_name, state, district, latitude, longitude, population } = values;
      const names = values.alternate_names
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean);
      const where = without({
        city_name: city_name.trim(),
        state: state.trim(),
        latitude: numberGiven(latitude),
        longitude: numberGiven(longitude),
      });
      if (values.kind === 'pincode') {
        const source = place?.key.includes(':') ? { source_id: place.key } : {};
        const area = without({ area_name: given(area_name), district: given(district) });
        const body = { pincode: values.pincode.trim(), ...where, ...area, ...source };
        const path = place === undefined ? pincodesPath : `${pincodesPath}?existing=update`;
        return session.write({ method: 'POST', path, body });
      }
      if (place === undefined) {
        const more = without({ district: given(district), population: numberGiven(population) });
        const body = { ...where, ...more, ...(names.length === 0 ? {} : { alternate_names: names }) };
        return session.write({ method: 'POST', path: citiesPath, body });
      }
      const body = {
        ...where,
        district: givenOrNull(district),
        population: numberOrNull(population),
        alternate_names: names.length === 0 ? null : names,
      };
      return session.write({ method: 'PUT', path: placePath(place), body, version });
    },
    done: () => {
      tell(place === undefined ? both.added(form.values.city_name) : both.saved);
      done();
    },
  });
  const isPincode = form.values.kind === 'pincode';
  return (
    <Dialog title={place === undefined ? say.add : say.edit(place.name)} close={close} size="lg">
      <FormFrame form={form} cancel={close} submit={place === undefined ? both.add : both.save}>
        <div className="field-pair">
          {place === undefined && (
            <ChoiceField
              form={form}
              name="kind"
              label={say.kind}
              options={(['city', 'pincode'] as const).map((value) => ({ value, label: say.kinds[value] }))}
            />
          )}
          {isPincode && <TextField form={form} name="pincode" label={say.pincode} required inputMode="numeric" />}
          {isPincode && <TextField form={form} name="area_name" label={say.area} />}
          <TextField form={form} name="city_name" label={isPincode ? say.city : say.name} required />
          <TextField form={form} name="state" label={say.state} required />
          <TextField form={form} name="district" label={say.district} />
          <TextField form={form} name="latitude" label={parts.latitude} required inputMode="decimal" />
          <TextField form={form} name="longitude" label={parts.longitude} required inputMode="decimal" />
          {!isPincode && <TextField form={form} name="population" label={say.population} inputMode="numeric" />}
        </div>
        {!isPincode && (
          <TextField form={form} name="alternate_names" label={say.otherNames} hint={say.otherNamesHint} />
        )}
        {place?.layer === 'base' && <p className="quiet">{say.baseNote}</p>}
      </FormFrame>
    </Dialog>
  );
}
