import { baseGazetteer } from '../../protocol/place.ts';
import { type Why, why, whyAt } from '../../protocol/refusal-text.ts';
import type { Agency } from '../../protocol/registry.ts';
import { asNow, type Decide, eventRecord, isRefusal, refuse } from './decision.ts';
import { ofEvent } from './subject.ts';

export interface AddAgency extends Partial<Omit<Agency, 'id' | 'name'>> {
  id: string;
  name?: string;
}

/** A new agency. Its id is the key of all that will ever be its own. */
export function addAgency({
  id,
  name = id,
  timeZone = 'Asia/Kolkata',
  language = 'en',
  ...settings
}: AddAgency): Decide<Agency> {
  return (view, context) => {
    if (id === baseGazetteer) return refuse('invalid', whyAt('id', why('agency-reserved', { id })));
    const current = view.agency(id);
    if (current !== undefined) return refuse('exists', why('agency-exists', { id }), current);
    const agency: Agency = { id, name, timeZone, language, ...settings };
    const wrong = whatIsWrong(agency);
    if (wrong !== undefined) return refuse('invalid', wrong);
    const expects = asNow(view, id, ofEvent('agency', id));
    const record = eventRecord(id, 'agency-added', { agency }, expects, context);
    return isRefusal(record) ? record : { ok: true, records: [record], value: agency };
  };
}

/** null takes a setting away. */
export type ChangeAgency = {
  [F in Exclude<keyof Agency, 'id'>]?: Agency[F] | null;
};

/** Other settings. The answer has the version with it. */
export function changeAgency(id: string, changes: ChangeAgency): Decide<Agency & { version: number }> {
  return (view, context) => {
    const current = view.agency(id);
    if (current === undefined) return refuse('missing', `agency ${id} does not exist`);
    const version = view.count(id, ofEvent('agency', id));
    if (context.ifMatch !== undefined && context.ifMatch !== version) {
      const reason = why('changed', { what: `agency ${id}`, version, seen: context.ifMatch });
      return refuse('stale', reason, { ...current, version });
    }
    const merged = Object.entries({ ...current, ...changes }).filter(([, value]) => value !== null);
    const agency = Object.fromEntries(merged) as Agency;
    const wrong = whatIsWrong(agency);
    if (wrong !== undefined) return refuse('invalid', wrong);
    if (JSON.stringify(agency) === JSON.stringify(current)) {
      return { ok: true, records: [], value: { ...current, version } };
    }
    const record = eventRecord(id, 'agency-changed', { agency }, asNow(view, id, ofEvent('agency', id)), context);
    return isRefusal(record) ? record : { ok: true, records: [record], value: { ...agency, version: version + 1 } };
  };
}

function whatIsWrong({ timeZone, workingHours = [] }: Agency): Why | undefined {
  if (!isTimeZone(timeZone)) return whyAt('timeZone', why('agency-time-zone', { zone: timeZone }));
  const backwards = workingHours.findIndex(({ from, to }) => from >= to);
  return backwards < 0 ? undefined : whyAt(`workingHours.${backwards}.to`, why('agency-hours'));
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
