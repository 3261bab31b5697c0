import { type AlertRules, presetRules } from '../../protocol/alert-rules.ts';
import { alertText } from '../../protocol/alert-text.ts';
import type { Order } from '../../protocol/order.ts';
import { type AlertState, type AlertTurn, type AlertWishes, type KeptAlert, keep, noAlerts } from './alert-keep.ts';
import type { Condition } from './condition.ts';
import type { VanInputs } from './condition-inputs.ts';
import { type Watch, type WatchedFix, watchStep } from './condition-watch.ts';
import { foldStorms } from './storm.ts';

/** For tests: words for stories about alerts. Nine in the morning in Pune; times are minutes after it. */
const nine = Date.UTC(2026, 3, 2, 3, 30);
export const minute = 60_000;
export const at = (minutes: number) => nine + Math.round(minutes * minute);

/** A van at work on a run, whose tracker is heard every 30 s and was heard last at `minutes`. */
export function van(id: string, minutes: number, more: Partial<VanInputs> = {}): VanInputs {
  const heard = at(minutes);
  return {
    id,
    name: `Van ${id}`,
    occasion: { working: true, onRun: true },
    watch: { last: { at: heard, latitude: 18.52, longitude: 73.85 }, place: 0 },
    devices: [{ id: `gps-${id}`, lastSeen: heard, interval: 30_000 }],
    hearingSince: at(-600),
    ...more,
  };
}

/** What fixes come to, minutes after nine. Limits as preset: 60 km/h, 20 %, 500 m. */
export function watched(
  fixes: readonly (Partial<WatchedFix> & { minutes: number })[],
  way?: Parameters<typeof watchStep>[0]['way'],
): Watch {
  const step = watchStep({
    limits: () => ({ speed: 60, battery: 20, off: 500 }),
    ...(way === undefined ? {} : { way }),
  });
  let state = step.initial();
  for (const { minutes, ...fix } of fixes) {
    const whole = { fixTime: at(minutes), latitude: 18.52, longitude: 73.85, ...fix };
    state = step.next(state, whole, { agency: 'pune', vanId: 'v1' }, () => {});
  }
  return state;
}

/** Booked at nine two days before. */
export function order(more: Partial<Order> = {}): Order {
  const bookedAt = at(-48 * 60 + 600);
  return {
    id: 'o1',
    consumerId: 'c1',
    cylinders: 1,
    state: 'out-for-delivery',
    attempt: 1,
    bookedAt,
    dueAt: bookedAt + 48 * 60 * minute,
    vanId: 'v1',
    day: '2026-04-02',
    outAt: at(0),
    flags: [],
    version: 4,
    ...more,
  };
}

/** `silent: Van v1: silent since 09:02; …`, as people read it in Pune. */
export function told({ kind, saying }: Pick<Condition, 'kind' | 'saying'>, language: 'en' | 'hi' = 'en'): string {
  return `${kind}: ${alertText(saying, { language, timeZone: 'Asia/Kolkata', now: at(60) })}`;
}

/** The alerts of an agency through a day, minute by minute. */
export class AlertDay {
  state: AlertState = noAlerts;
  /** everything that was closed, by id */
  readonly closed = new Map<string, KeptAlert>();
  /** `12 opened silent:v1` */
  readonly lines: string[] = [];
  muted: (vanId: string, kind: string) => boolean = () => false;
  snoozed: (id: string) => number | undefined = () => undefined;
  quietBefore = 0;
  readonly rules: AlertRules;
  readonly vans: number;

  constructor(rules: AlertRules = presetRules, vans = 40) {
    this.rules = rules;
    this.vans = vans;
  }

  /** What is wrong at `minutes`. */
  turn(minutes: number, conditions: readonly Condition[]): AlertTurn {
    const now = at(minutes);
    const storms = [...this.state.open.values()]
      .filter(({ kind }) => kind === 'silent-many')
      .map(({ since, vanIds = [] }) => ({ cause: since, vanIds }));
    const folded = foldStorms(conditions, { storms, rules: this.rules, vans: this.vans, now });
    const wishes: AlertWishes = {
      on: (kind) => this.rules[kind].on,
      muted: (vanId, kind) => this.muted(vanId, kind),
      snoozedUntil: ({ id }) => this.snoozed(id),
      past: (id) => this.closed.get(id),
      quietBefore: this.quietBefore,
    };
    const turn = keep(this.state, folded, wishes, now);
    this.state = turn.state;
    for (const alert of turn.closed) this.closed.set(alert.id, alert);
    for (const what of ['opened', 'changed', 'closed'] as const) {
      for (const alert of turn[what]) {
        const why = what === 'closed' && alert.closedBy !== 'over' ? ` (${alert.closedBy})` : '';
        this.lines.push(`${minutes} ${what} ${alert.slot}${why}`);
      }
    }
    return turn;
  }

  open(): string[] {
    return [...this.state.open.keys()].sort();
  }
}
