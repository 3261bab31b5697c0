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
  ...place
}: AddAgency): Decide<Agency> {
  return (view, context) => {
    const current = view.agency(id);
    if (current !== undefined) return refuse('exists', `agency ${id} exists`, current);
    if (!isTimeZone(timeZone)) return refuse('invalid', `timeZone: ${timeZone} is no IANA time zone`);
    const agency: Agency = { id, name, timeZone, language, ...place };
    const expects = asNow(view, id, ofEvent('agency', id));
    const record = eventRecord(id, 'agency-added', { agency }, expects, context);
    return isRefusal(record) ? record : { ok: true, records: [record], value: agency };
  };
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
