import type { Sharing } from '../../protocol/order.ts';
import type { Expectation } from '../../protocol/record.ts';
import { type Decide, eventRecord, isRefusal, refuse } from './decision.ts';
import { isSharing, ofSharing } from './sharing.ts';
import type { SharingView } from './sharing-view.ts';

/** Shares the consumer's own location for some minutes from now; while it is shared, this sets a new end. */
export function startSharing(
  shared: SharingView,
  agency: string,
  consumerId: string,
  minutes: number,
): Decide<Omit<Sharing, 'first'>> {
  return (view, context) => {
    if (view.consumer(agency, consumerId) === undefined) {
      return refuse('missing', `consumer ${consumerId} does not exist`);
    }
    const before = shared.of(agency, consumerId);
    const from = isSharing(before, context.now) ? before.from : context.now;
    const value = { from, until: context.now + minutes * 60_000 };
    const expects = asShared(shared, agency, consumerId);
    const record = eventRecord(agency, 'sharing-started', { consumerId, ...value }, expects, context);
    return isRefusal(record) ? record : { ok: true, records: [record], value };
  };
}

/** Ends it now; where nothing is shared that is so already. */
export function endSharing(shared: SharingView, agency: string, consumerId: string): Decide<null> {
  return (_view, context) => {
    if (!isSharing(shared.of(agency, consumerId), context.now)) return { ok: true, records: [], value: null };
    const expects = asShared(shared, agency, consumerId);
    const record = eventRecord(agency, 'sharing-ended', { consumerId }, expects, context);
    return isRefusal(record) ? record : { ok: true, records: [record], value: null };
  };
}

function asShared(shared: SharingView, agency: string, consumerId: string): Expectation[] {
  const subject = ofSharing(consumerId);
  return [{ subject, version: shared.count(agency, subject) }];
}
