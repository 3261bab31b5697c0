import type { Alert, alertEvents, Muted, RuleSet } from '../../protocol/alert.ts';
import type { Event } from '../../protocol/record.ts';
import type { Verdict } from './registry.ts';
import type { Subject } from './subject.ts';

export type AlertEvent = Extract<Event, { type: keyof typeof alertEvents }>;
type Act = Exclude<AlertEvent, { type: 'van-muted' | 'alert-rules-set' }>;

export type Acts = Pick<Alert, 'acknowledged' | 'assigned' | 'snoozed'>;

/** What people did with one alert, muted for one van, or set as rules. `time`: UTC ms of the last event about it. */
export interface ActEntry {
  version: number;
  time: number;
  acts?: Acts;
  muted?: Muted[];
  /** the newest last; before the first the presets hold */
  rules?: { from: number; settings: RuleSet[] }[];
}

/** What is kept of one agency, by subject. */
export interface ActBook {
  get(subject: Subject): ActEntry | undefined;
  put(subject: Subject, entry: ActEntry): void;
}

/** What was done with an alert is forgotten so long after the last of it, ms: 90 days, as the alert itself. */
export const actsKept = 90 * 86_400_000;
/** Rules that were replaced longer ago are not asked for any more, ms: no late fix is older. */
const rulesRemembered = 3 * 86_400_000;

export function isAlertEvent(event: Event): event is AlertEvent {
  return (
    event.type === 'alert-acknowledged' ||
    event.type === 'alert-assigned' ||
    event.type === 'alert-snoozed' ||
    event.type === 'van-muted' ||
    event.type === 'alert-rules-set'
  );
}

export function ofAlert(id: string): Subject {
  return `alert:${id}`;
}

export function ofMuted(vanId: string): Subject {
  return `muted:${vanId}`;
}

export const ofRules: Subject = 'alert-rules:agency';

/** The entry of a subject as it counts at a time (UTC ms), the same at every daemon. */
export function entryAt(book: Pick<ActBook, 'get'>, subject: Subject, time: number): ActEntry | undefined {
  const entry = book.get(subject);
  if (entry === undefined || !subject.startsWith('alert:')) return entry;
  return time - entry.time > actsKept ? undefined : entry;
}

/** Takes an event into the book, or says why it is dropped. Whether there is such an alert is not asked: those are derived. */
export function applyAct(book: ActBook, event: AlertEvent): Verdict {
  const { time } = event;
  for (const { subject, version } of event.expects) {
    const present = entryAt(book, subject as Subject, time)?.version ?? 0;
    if (present !== version) return { dropped: `${subject} is at version ${present}, not ${version}` };
  }
  const subject = subjectOf(event);
  const before = entryAt(book, subject, time) ?? { version: 0, time };
  book.put(subject, { ...after(before, event), version: before.version + 1, time: Math.max(before.time, time) });
  return 'applied';
}

function subjectOf(event: AlertEvent): Subject {
  if (event.type === 'van-muted') return ofMuted(event.data.vanId);
  return event.type === 'alert-rules-set' ? ofRules : ofAlert(event.data.id);
}

function after(before: ActEntry, event: AlertEvent): ActEntry {
  switch (event.type) {
    case 'van-muted':
      return { ...before, muted: event.data.muted };
    case 'alert-rules-set': {
      const rules = [...(before.rules ?? []), { from: event.time, settings: event.data.settings }];
      // The last one that was replaced before the time that is remembered still held then.
      const first = rules.findLastIndex(({ from }) => from <= event.time - rulesRemembered);
      return { ...before, rules: rules.slice(Math.max(0, first)) };
    }
    default:
      return { ...before, acts: done(before.acts ?? {}, event) };
  }
}

function done(acts: Acts, { type, data, actor: by, time: at }: Act): Acts {
  switch (type) {
    case 'alert-acknowledged':
      return { ...acts, acknowledged: { by, at } };
    case 'alert-assigned': {
      const { assigned: _before, ...rest } = acts;
      return data.account === null ? rest : { ...rest, assigned: { to: data.account, by, at } };
    }
    case 'alert-snoozed': {
      const { snoozed: _before, ...rest } = acts;
      return data.wakeAt === null ? rest : { ...rest, snoozed: { until: data.wakeAt, by, at } };
    }
  }
}
