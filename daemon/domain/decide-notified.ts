import type { Notified } from '../../protocol/notified.ts';
import { why } from '../../protocol/refusal-text.ts';
import { type Decide, eventRecord, isRefusal, refuse } from './decision.ts';

/** What was said to whom is put on record once, whichever daemon said it. The text and the telephone are not. */
export function recordNotified(
  view: { told(agency: string, key: string): boolean },
  agency: string,
  fields: Notified,
): Decide<null> {
  return (_registry, context) => {
    if (view.told(agency, fields.key)) return refuse('exists', why('notified-before', { key: fields.key }));
    const expects = [{ subject: ofNotice(fields.key), version: 0 }];
    const record = eventRecord(agency, 'notified', fields, expects, context);
    return isRefusal(record) ? record : { ok: true, records: [record], value: null };
  };
}

function ofNotice(key: string): string {
  return `notified:${key}`;
}
