import { MotionSettings } from '../../../../protocol/motion-settings.ts';
import { useParts } from '../../console-context.ts';
import { ChoiceField, FormFrame, TextField } from '../parts/Fields.tsx';
import { useForm } from '../parts/form.ts';
import { HoursField } from '../parts/HoursField.tsx';
import { agencyWords } from '../words/agency.ts';
import { partsWords } from '../words/parts.ts';
import { spoken } from '../words/spoken.ts';
import type { AgencySettings } from './AgencyPage.tsx';
import { bodyOf, motionFields, valuesOf } from './agency-values.ts';

export function AgencyForm({ agency, done }: { agency: AgencySettings; done: (changed: AgencySettings) => void }) {
  const { session } = useParts().console;
  const say = spoken(agencyWords);
  const parts = spoken(partsWords);
  const form = useForm({
    thing: agency,
    from: (of: AgencySettings | undefined) => valuesOf(of ?? agency),
    send: async (values, version) => {
      const change = { method: 'PATCH', path: '/api/agency', body: bodyOf(values), version } as const;
      return (await session.write(change)) as AgencySettings;
    },
    done,
  });
  const zones = Intl.supportedValuesOf('timeZone');
  const known = zones.includes(agency.timeZone) ? zones : [agency.timeZone, ...zones];
  return (
    <FormFrame form={form}>
      <section className="section">
        <h3>{say.general}</h3>
        <div className="form wide">
          <TextField form={form} name="name" label={say.name} required />
          <TextField form={form} name="phone" label={say.phone} hint={say.phoneHint} type="tel" inputMode="tel" />
          <ChoiceField
            form={form}
            name="timeZone"
            label={say.timeZone}
            options={known.map((value) => ({ value, label: value.replaceAll('_', ' ') }))}
          />
          <ChoiceField
            form={form}
            name="language"
            label={say.language}
            hint={say.languageHint}
            options={[
              { value: 'en', label: 'English' },
              { value: 'hi', label: 'हिन्दी' },
            ]}
          />
          <ChoiceField
            form={form}
            name="units"
            label={say.units}
            options={[
              { value: '', label: say.unitsUnset },
              { value: 'metric', label: say.metric },
              { value: 'imperial', label: say.imperial },
            ]}
          />
        </div>
      </section>
      <section className="section">
        <h3>{say.places}</h3>
        <p className="quiet">{say.placesLead}</p>
        <div className="form wide">
          <fieldset className="field-pair three">
            <legend>{say.mapCentre}</legend>
            <TextField form={form} name="mapCentre/latitude" label={parts.latitude} inputMode="decimal" />
            <TextField form={form} name="mapCentre/longitude" label={parts.longitude} inputMode="decimal" />
            <TextField form={form} name="mapCentre/zoom" label={say.zoom} inputMode="decimal" />
          </fieldset>
          <fieldset className="field-pair three">
            <legend>{say.godown}</legend>
            <TextField form={form} name="godown/latitude" label={parts.latitude} inputMode="decimal" />
            <TextField form={form} name="godown/longitude" label={parts.longitude} inputMode="decimal" />
          </fieldset>
        </div>
      </section>
      <section className="section">
        <h3>{say.times}</h3>
        <div className="form">
          <ChoiceField
            form={form}
            name="workingHoursSet"
            label={say.workingHours}
            hint={say.workingHoursHint}
            options={[
              { value: '', label: say.hoursUnset },
              { value: 'set', label: say.hoursSet },
            ]}
          />
          {form.values.workingHoursSet === 'set' && (
            <HoursField form={form} name="workingHours" label={say.workingHours} addText={say.addHours} />
          )}
          <fieldset className="field-pair three">
            <legend>{say.quietHours}</legend>
            <p className="quiet">{say.quietHoursHint}</p>
            <TextField form={form} name="quietHours/from" label={parts.from} type="time" />
            <TextField form={form} name="quietHours/to" label={parts.to} type="time" />
          </fieldset>
        </div>
      </section>
      <section className="section">
        <h3>{say.motion}</h3>
        <p className="quiet">{say.motionLead}</p>
        <div className="form wide">
          {motionFields.map((field) => {
            const {
              default: preset,
              minimum,
              maximum,
            } = MotionSettings.properties[field] as {
              default?: number;
              minimum?: number;
              maximum?: number;
            };
            const { label, unit } = say.motionFields[field];
            return (
              <TextField
                key={field}
                form={form}
                name={`motion/${field}`}
                label={label}
                unit={unit}
                placeholder={String(preset)}
                hint={say.between(String(minimum), String(maximum))}
                inputMode="decimal"
              />
            );
          })}
        </div>
      </section>
    </FormFrame>
  );
}
