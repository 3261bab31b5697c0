import type { Sharing, sharingEvents } from '../../protocol/order.ts';
import type { Event } from '../../protocol/record.ts';
import type { Verdict } from './registry.ts';
import type { Subject } from './subject.ts';

export type SharingEvent = Extract<Event, { type: keyof typeof sharingEvents }>;

/** What is kept of one consumer: the present or last sharing, and how often it was changed. */
export interface SharingEntry {
  sharing?: Sharing;
  version: number;
}

export function isSharingEvent(event: Event): event is SharingEvent {
  return event.type === 'sharing-started' || event.type === 'sharing-ended';
}

export function ofSharing(consumerId: string): Subject {
  return `sharing:${consumerId}`;
}

/** The entry after an event, or why the event is dropped. */
export function afterSharing(entry: SharingEntry | undefined, event: SharingEvent): SharingEntry | Verdict {
  const { version = 0, sharing: before } = entry ?? {};
  for (const expectation of event.expects) {
    const present = expectation.subject === ofSharing(event.data.consumerId) ? version : 0;
    if (present !== expectation.version) {
      return { dropped: `${expectation.subject} is at version ${present}, not ${expectation.version}` };
    }
  }
  if (event.type === 'sharing-ended') {
    if (before === undefined || before.until <= event.time) return { dropped: 'nothing is shared' };
    return { sharing: { ...before, until: Math.max(before.from, event.time) }, version: version + 1 };
  }
  const { from, until } = event.data;
  if (until <= from) return { dropped: 'it ends before it begins' };
  return { sharing: { from, until, first: before?.first ?? from }, version: version + 1 };
}

export function isSharing(sharing: Sharing | undefined, now: number): sharing is Sharing {
  return sharing !== undefined && sharing.from <= now && now < sharing.until;
}
