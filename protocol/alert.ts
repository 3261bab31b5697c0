import { type Static, Type } from 'typebox';
import { UtcMilliseconds } from './position.ts';
import { Id } from './registry.ts';

/**
 * Alerts: what the dispatcher must be told. They are derived from positions and orders at every daemon alike and never
 * appended to the log; what people do with them (acknowledge, assign, snooze, mute, set the rules) is events.
 */
export const alertKinds = [
  'silent',
  'silent-many',
  'battery-low',
  'unplugged',
  'clock-wrong',
  'long-stop',
  'off-route',
  'over-speed',
  'left-hours',
  'zone-enter',
  'zone-leave',
  'zone-dwell',
  'zone-speed',
  'order-late',
  'norm-risk',
  'no-code',
  'far-from-door',
  'wrong-code',
  'log-trouble',
] as const;
export const AlertKind = Type.Enum([...alertKinds]);
export type AlertKind = (typeof alertKinds)[number];

/** Of least weight first. */
export const severities = ['info', 'warning', 'critical'] as const;
export const Severity = Type.Enum([...severities]);
export type Severity = (typeof severities)[number];

/** Kinds that are about the daemon, not about the agency's day: for administrators alone. */
export const operatorKinds: ReadonlySet<AlertKind> = new Set(['log-trouble']);

/** `kind:subject:causeTime`; the same at every daemon and after every restart. */
export const AlertId = Type.String({
  minLength: 5,
  maxLength: 200,
  pattern: '^[a-z-]+:[A-Za-z0-9._:@-]+:[0-9]+$',
  description: 'kind:subject:UTC ms of the cause',
});

/** Numbers and names that the line of an alert is made of; times in UTC ms, spans in ms, distances in m, speeds in km/h. */
export const AlertParams = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]));
export type AlertParams = Static<typeof AlertParams>;

const When = Type.Integer({ minimum: 0, description: 'UTC ms' });
const By = Type.String({ maxLength: 120, description: 'role:subject' });

/** What people have done with an alert. */
const alertActs = {
  acknowledged: Type.Optional(Type.Object({ by: By, at: When })),
  assigned: Type.Optional(Type.Object({ to: Id, by: By, at: When })),
  snoozed: Type.Optional(Type.Object({ until: When, by: By, at: When })),
};

export const Alert = Type.Object(
  {
    id: AlertId,
    kind: AlertKind,
    severity: Severity,
    sounds: Type.Boolean({ description: 'a screen may make a noise when it opens' }),
    since: Type.Integer({ minimum: 0, description: 'UTC ms; the time of the cause' }),
    openedAt: When,
    closedAt: Type.Optional(When),
    closedBy: Type.Optional(
      Type.Enum(['over', 'folded', 'muted', 'rule'], {
        description:
          'over: what it was about has ended, or never was; folded: it became part of another; muted: for this van; ' +
          'rule: the rules do not have it any more',
      }),
    ),
    quiet: Type.Optional(
      Type.Literal(true, { description: 'it was nothing new when it opened: nobody is told, by whatever way' }),
    ),
    vanId: Type.Optional(Id),
    orderId: Type.Optional(Id),
    deviceId: Type.Optional(Id),
    zoneId: Type.Optional(Type.String({ maxLength: 80 })),
    vanIds: Type.Optional(Type.Array(Id, { description: 'the vans that are folded into it' })),
    template: Type.String({ description: 'which line of the catalogue says it' }),
    params: AlertParams,
    text: Type.String({ description: 'the line in English' }),
    ...alertActs,
    version: Type.Integer({ minimum: 0, description: 'of what people did with it; for If-Match' }),
  },
  { additionalProperties: false, $id: 'Alert' },
);
export type Alert = Static<typeof Alert>;

/** A kind that is not raised for a van, for good or until a time. */
export const Muted = Type.Object(
  { kind: AlertKind, until: Type.Optional(Type.Integer({ minimum: 0, description: 'UTC ms; absent: for good' })) },
  { additionalProperties: false },
);
export type Muted = Static<typeof Muted>;

/** One rule as an event keeps it: what the agency has set; the rest is as in `alert-rules.ts`. */
export const RuleSet = Type.Object(
  {
    kind: AlertKind,
    on: Type.Optional(Type.Boolean()),
    severity: Type.Optional(Severity),
    sounds: Type.Optional(Type.Boolean()),
    schedule: Type.Optional(Type.String({ maxLength: 32 })),
    limits: Type.Optional(
      Type.Array(
        Type.Object(
          { name: Type.String({ maxLength: 32 }), value: Type.Number() },
          { additionalProperties: false, description: 'a threshold, by the name it has in the rules' },
        ),
        { maxItems: 16 },
      ),
    ),
  },
  { additionalProperties: false },
);
export type RuleSet = Static<typeof RuleSet>;

/** The fields of the events; `record.ts` puts the envelope around them. */
export const alertEvents = {
  'alert-acknowledged': { id: AlertId },
  'alert-assigned': {
    id: AlertId,
    account: Type.Union([Id, Type.Null()], { description: 'who looks after it; null: nobody any more' }),
  },
  'alert-snoozed': {
    id: AlertId,
    // `until` is the sharing's, which is never null: one name has one type in all events.
    wakeAt: Type.Union([UtcMilliseconds, Type.Null()], { description: 'null: not any more' }),
  },
  'van-muted': { vanId: Id, muted: Type.Array(Muted, { maxItems: alertKinds.length }) },
  'alert-rules-set': { settings: Type.Array(RuleSet, { maxItems: alertKinds.length }) },
} as const;

/** The kind that an id names. */
export function kindOf(id: string): AlertKind {
  return id.slice(0, id.indexOf(':')) as AlertKind;
}
