import { useMemo } from 'react';
import type { Zone } from '../../../../protocol/zone.ts';
import { useParts } from '../../console-context.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { ChoiceField, FormFrame, LongField, TextField, TickField } from '../parts/Fields.tsx';
import { useForm } from '../parts/form.ts';
import { HoursField } from '../parts/HoursField.tsx';
import { tell } from '../parts/told.tsx';
import { partsWords } from '../words/parts.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { zonesWords } from '../words/zones.ts';
import { ZoneMap } from './ZoneMap.tsx';
import { bodyOf, clicked, shapeOf, valuesOf, type ZoneValues } from './zone-values.ts';

export function ZoneForm(props: {
  zone: Zone | undefined;
  zones: readonly Zone[];
  close: () => void;
  done: () => void;
}) {
  const { zone, zones, close, done } = props;
  const { session } = useParts().console;
  const say = spoken(zonesWords);
  const parts = spoken(partsWords);
  const both = spoken(sharedWords);
  const form = useForm<Zone, ZoneValues>({
    thing: zone,
    from: valuesOf,
    send: (values, version) => {
      const body = bodyOf(values);
      if (zone === undefined) return session.write({ method: 'POST', path: '/api/zones', body });
      return session.write({ method: 'PUT', path: `/api/zones/${encodeURIComponent(zone.id)}`, body, version });
    },
    done: () => {
      tell(zone === undefined ? both.added(form.values.name) : both.saved);
      done();
    },
    renamed: { 'shape/line': 'shape/corners' },
  });
  const { values } = form;
  const draft = useMemo(() => shapeOf(values), [values]);
  const others = useMemo(() => zones.filter(({ id }) => id !== zone?.id).map(({ shape }) => shape), [zones, zone]);
  const isCircle = values.type === 'circle';
  return (
    <Dialog title={zone === undefined ? say.add : say.edit(zone.name)} close={close} size="xl">
      <FormFrame form={form} cancel={close} submit={zone === undefined ? both.add : both.save}>
        <div className="field-pair">
          <TextField form={form} name="name" label={say.name} required autoFocus />
          <ChoiceField
            form={form}
            name="type"
            label={say.shape}
            options={(['circle', 'polygon', 'corridor'] as const).map((value) => ({ value, label: say.shapes[value] }))}
          />
        </div>
        <div className="zone-shape">
          <ZoneMap
            draft={draft}
            others={others}
            click={(at) => {
              for (const [name, value] of Object.entries(clicked(values, at)))
                if (value !== undefined) form.set(name, value);
            }}
          />
          <div className="zone-fields">
            <p className="quiet">{isCircle ? say.clickCircle : say.clickCorners}</p>
            {isCircle ? (
              <>
                <TextField form={form} name="shape/latitude" label={parts.latitude} inputMode="decimal" />
                <TextField form={form} name="shape/longitude" label={parts.longitude} inputMode="decimal" />
                <TextField form={form} name="shape/radius" label={say.radius} unit="m" inputMode="numeric" />
              </>
            ) : (
              <LongField form={form} name="shape/corners" label={say.corners} hint={say.cornersHint} rows={7} mono />
            )}
            {values.type === 'corridor' && (
              <TextField form={form} name="shape/width" label={say.width} unit="m" inputMode="numeric" />
            )}
          </div>
        </div>
        <fieldset className="ticks">
          <legend>{say.rules}</legend>
          <TickField form={form} name="rules/enter" label={say.enter} />
          <TickField form={form} name="rules/leave" label={say.leave} />
          <TickField form={form} name="rules/mayStand" label={say.mayStand} />
        </fieldset>
        <div className="field-pair">
          <TextField form={form} name="rules/dwellMinutes" label={say.dwell} unit="min" inputMode="numeric" />
          <TextField form={form} name="rules/speedLimit" label={say.speed} unit="km/h" inputMode="numeric" />
          <TextField form={form} name="vans" label={say.vans} hint={say.vansHint} />
          <ChoiceField
            form={form}
            name="scheduleSet"
            label={say.schedule}
            options={[
              { value: '', label: say.always },
              { value: 'set', label: say.hoursBelow },
            ]}
          />
        </div>
        {values.scheduleSet === 'set' && (
          <HoursField form={form} name="schedule" label={say.schedule} addText={say.addHours} />
        )}
      </FormFrame>
    </Dialog>
  );
}
