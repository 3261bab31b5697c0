import { type Static, type TProperties, Type } from 'typebox';
import { type AlertKind, type RuleSet, Severity } from './alert.ts';

/**
 * The rules of alerts: data, per agency. This schema is their type, their presets and their documentation. Each rule is
 * on or off, has a severity, may make a noise, and has a schedule and thresholds.
 */
const schedules = ['always', 'working-hours', 'run', 'working-hours-or-run'] as const;
export type RuleSchedule = (typeof schedules)[number];

interface Preset {
  severity: Severity;
  sounds?: boolean;
  schedule?: RuleSchedule;
  on?: boolean;
}

const whole = (preset: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: preset, minimum, maximum, description });

const rule = <P extends TProperties>(
  description: string,
  { severity, sounds = severity === 'critical', schedule = 'always', on = true }: Preset,
  limits: P,
) =>
  Type.Object(
    {
      on: Type.Boolean({ default: on, description: 'false: never raised' }),
      severity: Type.Enum(Severity.enum, { default: severity }),
      sounds: Type.Boolean({ default: sounds, description: 'a screen may make a noise when one opens' }),
      schedule: Type.Enum([...schedules], {
        default: schedule,
        description:
          'when it is raised: always; in the working hours of the agency (always, where it has set none); while the ' +
          'van has an order out for delivery; in either',
      }),
      ...limits,
    },
    { additionalProperties: false, description },
  );

const hold = {
  openAfter: (preset: number) => whole(preset, 0, 86_400, 's; so long it must last before it is raised'),
  closeAfter: (preset: number) => whole(preset, 0, 86_400, 's; so long it must be over before it closes'),
  staysFor: (preset: number) =>
    whole(preset, 1, 168 * 60, 'minutes; it stays open for so long after what it tells, and is no news after that'),
};

export const AlertRules = Type.Object(
  {
    silent: rule(
      'A van is not heard, for longer than is usual for its tracker and at that place',
      { severity: 'warning', sounds: true, schedule: 'working-hours-or-run' },
      {
        missedIntervals: whole(5, 2, 100, 'usual intervals of its tracker that it may miss'),
        leastSeconds: whole(120, 30, 86_400, 's; no shorter silence counts, whatever the interval'),
        parkedMinutes: whole(60, 1, 1440, 'minutes; so long a van may be silent that was parked, its ignition off'),
        mostMinutes: whole(45, 1, 1440, 'minutes; a longer silence is never usual at a place'),
        openAfter: hold.openAfter(60),
        closeAfter: hold.closeAfter(180),
      },
    ),
    'silent-many': rule(
      'Many vans fall silent together: one alert instead of many',
      { severity: 'critical', schedule: 'working-hours-or-run' },
      {
        least: whole(5, 2, 1000, 'vans'),
        windowSeconds: whole(180, 10, 3600, 's; within which they fall silent'),
        sharePercent: whole(2, 0, 100, '% of the vans of the agency that it must be at least'),
      },
    ),
    'battery-low': rule(
      "A tracker's battery is low",
      { severity: 'warning' },
      {
        percent: whole(20, 1, 99, '%; from here on down it is low'),
        criticalPercent: whole(10, 0, 99, '%; from here on down it is critical'),
        openAfter: hold.openAfter(60),
        closeAfter: hold.closeAfter(0),
      },
    ),
    unplugged: rule(
      "A tracker's battery falls while the ignition is on: it gets no power from the van",
      { severity: 'critical' },
      {
        fallPercent: whole(3, 1, 50, '% that it must have fallen'),
        openAfter: hold.openAfter(300),
        closeAfter: hold.closeAfter(60),
      },
    ),
    'clock-wrong': rule(
      "A tracker's clock is ahead, so that its positions are refused",
      { severity: 'warning' },
      { seconds: whole(300, 1, 86_400, 's ahead'), openAfter: hold.openAfter(0), closeAfter: hold.closeAfter(0) },
    ),
    'long-stop': rule(
      'A van stands long, but not at a door of its run, the godown or in a permitted zone',
      { severity: 'warning', schedule: 'run' },
      { minutes: whole(20, 2, 1440, 'minutes'), closeAfter: hold.closeAfter(60) },
    ),
    'off-route': rule(
      "A van is off its run's way",
      { severity: 'warning', schedule: 'run' },
      {
        metres: whole(500, 50, 50_000, 'm from the way'),
        openAfter: hold.openAfter(180),
        closeAfter: hold.closeAfter(60),
      },
    ),
    'over-speed': rule(
      'A van is faster than the limit, in at least two fixes in a row',
      { severity: 'warning' },
      {
        limit: whole(60, 10, 200, 'km/h'),
        openAfter: hold.openAfter(15),
        staysFor: hold.staysFor(10),
      },
    ),
    'left-hours': rule(
      'A van moves outside the working hours of the agency',
      { severity: 'critical' },
      {
        toleranceMinutes: whole(30, 0, 720, 'minutes after the end of work in which it may still move'),
        openAfter: hold.openAfter(120),
        closeAfter: hold.closeAfter(300),
      },
    ),
    'zone-enter': rule(
      'A van enters a zone whose rules want that told',
      { severity: 'info' },
      { staysFor: hold.staysFor(30) },
    ),
    'zone-leave': rule(
      'A van leaves a zone whose rules want that told',
      { severity: 'info' },
      { staysFor: hold.staysFor(30) },
    ),
    'zone-dwell': rule(
      'A van is in a zone for longer than its rules allow',
      { severity: 'warning' },
      { closeAfter: hold.closeAfter(0) },
    ),
    'zone-speed': rule(
      'A van is faster in a zone than its rules allow',
      { severity: 'warning' },
      { staysFor: hold.staysFor(10) },
    ),
    'order-late': rule(
      'An order is estimated to come later than planned',
      { severity: 'warning' },
      {
        minutes: whole(20, 1, 1440, 'minutes later than planned'),
        openAfter: hold.openAfter(120),
        closeAfter: hold.closeAfter(300),
      },
    ),
    'norm-risk': rule(
      'An order is about to miss the norm of 48 hours, or has missed it',
      { severity: 'warning' },
      { hours: whole(6, 1, 47, 'h before its end from which on an order that is not out is at risk') },
    ),
    'no-code': rule(
      'An order was delivered without its code',
      { severity: 'warning' },
      { staysFor: hold.staysFor(12 * 60) },
    ),
    'far-from-door': rule(
      "An order was handed over far from its consumer's door",
      { severity: 'warning' },
      { metres: whole(150, 20, 50_000, 'm'), staysFor: hold.staysFor(12 * 60) },
    ),
    'wrong-code': rule(
      'A wrong code was given for an order',
      { severity: 'critical' },
      { tries: whole(3, 1, 100, 'wrong codes one after the other'), staysFor: hold.staysFor(12 * 60) },
    ),
    'log-trouble': rule(
      'The log of this daemon (its disk, its spool or Kafka) has a problem; told to administrators alone',
      { severity: 'critical' },
      { openAfter: hold.openAfter(30), closeAfter: hold.closeAfter(30) },
    ),
  } satisfies Record<AlertKind, TProperties[string]>,
  { additionalProperties: false, $id: 'AlertRules' },
);
export type AlertRules = Static<typeof AlertRules>;

/** What people send: rules they leave out, and fields of rules they leave out, are as preset. */
export const AlertRulesInput = Type.Object(
  Object.fromEntries(
    Object.entries(AlertRules.properties).map(([kind, one]) => [
      kind,
      Type.Optional(Type.Partial(one as ReturnType<typeof Type.Object>, { additionalProperties: false })),
    ]),
  ),
  { additionalProperties: false, $id: 'AlertRulesInput' },
);
export type AlertRulesInput = { [K in AlertKind]?: Partial<AlertRules[K]> };

const kinds = Object.keys(AlertRules.properties) as AlertKind[];

/** The rules of an agency that has set none. */
export const presetRules: AlertRules = withPresets({});

/** All rules, with the presets where nothing is said. */
export function withPresets(input: AlertRulesInput): AlertRules {
  const entries = kinds.map((kind) => {
    const preset = Object.entries(AlertRules.properties[kind].properties).map(([name, schema]) => [
      name,
      (schema as { default?: unknown }).default,
    ]);
    return [kind, { ...Object.fromEntries(preset), ...input[kind] }];
  });
  return Object.fromEntries(entries) as AlertRules;
}

const ownFields = new Set(['on', 'severity', 'sounds', 'schedule']);

/** What differs from the presets, as an event keeps it. */
export function settingsOf(input: AlertRulesInput): RuleSet[] {
  const settings: RuleSet[] = [];
  for (const kind of kinds) {
    const preset = presetRules[kind] as Record<string, unknown>;
    const other = Object.entries(input[kind] ?? {}).filter(([name, value]) => preset[name] !== value);
    if (other.length === 0) continue;
    const limits = other
      .filter(([name]) => !ownFields.has(name))
      .map(([name, value]) => ({ name, value: value as number }));
    const own = Object.fromEntries(other.filter(([name]) => ownFields.has(name)));
    settings.push({ kind, ...own, ...(limits.length === 0 ? {} : { limits }) });
  }
  return settings;
}

/** The rules an event has set. What a newer daemon wrote and this one does not know has no effect. */
export function rulesOf(settings: readonly RuleSet[]): AlertRules {
  const input: Record<string, object> = {};
  for (const { kind, limits = [], ...own } of settings) {
    const known = presetRules[kind] as Record<string, unknown> | undefined;
    if (known === undefined) continue;
    const set = [...Object.entries(own), ...limits.map(({ name, value }) => [name, value] as const)];
    input[kind] = Object.fromEntries(set.filter(([name]) => name in known));
  }
  return withPresets(input);
}

/** What no single field can say: `/path` and what is wrong with it; undefined: nothing. */
export function contradiction(rules: AlertRules): { path: string; message: string } | undefined {
  const battery = rules['battery-low'];
  if (battery.criticalPercent > battery.percent) {
    return {
      path: '/battery-low/criticalPercent',
      message: `must not be above percent (${battery.percent}): critical is a part of low`,
    };
  }
  if (rules.silent.leastSeconds > rules.silent.mostMinutes * 60) {
    return {
      path: '/silent/leastSeconds',
      message: `must not be longer than mostMinutes (${rules.silent.mostMinutes} min)`,
    };
  }
  return undefined;
}
