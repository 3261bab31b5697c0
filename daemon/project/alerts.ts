import type { Alert } from '../../protocol/alert.ts';
import type { AlertRules } from '../../protocol/alert-rules.ts';
import type { Agency } from '../../protocol/registry.ts';
import { type AlertTurn, type AlertWishes, keep } from '../domain/alert-keep.ts';
import type { Condition } from '../domain/condition.ts';
import { logConditions } from '../domain/conditions.ts';
import { foldStorms, type Storm } from '../domain/storm.ts';
import type { Service } from '../lifecycle.ts';
import type { AlertActsProjection } from './alerts-acts.ts';
import { Findings } from './alerts-findings.ts';
import type { AlertsKept } from './alerts-kept.ts';
import { AlertInputs, type AlertSources } from './alerts-sources.ts';
import { snoozedUntil } from './alerts-view.ts';
import type { Change } from './world.ts';

/** What became of an alert. Opened: people are told, once in its life. */
export interface AlertNews {
  agency: string;
  what: 'opened' | 'closed';
  alert: Alert;
}

export interface AlertsDeps {
  sources: AlertSources;
  acts: AlertActsProjection;
  kept: AlertsKept;
  /** an alert as people read it */
  shown: (agency: string, id: string) => Alert | undefined;
  /** what the log changes */
  onChange: (listener: (change: Change) => void) => () => void;
  /** UTC ms */
  now: () => number;
  /** calls `work` every so many ms until the answer is called */
  every: (ms: number, work: () => void) => () => void;
  /** calls `step` until it answers false; others may work in between */
  inPortions: (step: () => boolean) => void;
  /** a turn failed; the next one is tried all the same */
  onError: (error: unknown) => void;
}

/** Vans and orders that changed are looked at within this, ms. */
const turnEvery = 1000;
const none: ReadonlySet<string> = new Set();

/**
 * Finds out what people must be told. Between two turns changes are only noted, so that in whatever order they come
 * within a second the turn sees the same. With many vans a turn is made in portions; alerts open and close at its end,
 * all by the time at which it began. To be started when everything in the log has been read: what is read of the past
 * opens nothing.
 */
export class Alerts implements Service {
  readonly name = 'alerts';
  readonly #deps: AlertsDeps;
  readonly #inputs: AlertInputs;
  readonly #agencies = new Map<string, Findings>();
  readonly #changeListeners = new Set<(change: Change) => void>();
  readonly #newsListeners = new Set<(news: AlertNews) => void>();
  #ends: (() => void)[] = [];
  /** the turn that is being made */
  #turning: Generator<void> | undefined;
  /** UTC ms since when this daemon hears the vans */
  #hearingSince = 0;
  #problem: { problem: string; since: number } | undefined;

  constructor(deps: AlertsDeps) {
    this.#deps = deps;
    this.#inputs = new AlertInputs(deps.sources);
  }

  async start(): Promise<void> {
    const { onChange, every, inPortions, now } = this.#deps;
    this.#hearingSince = now();
    const turn = () => {
      if (this.#turning !== undefined) return;
      this.#turning = this.#turn();
      inPortions(() => this.#goOn());
    };
    this.#ends = [onChange((change) => this.#of(change.agency).note(change)), every(turnEvery, turn)];
  }

  async stop(): Promise<void> {
    for (const end of this.#ends.splice(0)) end();
    this.#turning = undefined;
  }

  /** Tells which alerts opened, closed or changed by a turn; the other changes are the projector's. */
  onChange(listener: (change: Change) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  /** For effects: each alert that opens, once, and its end. Not what was wrong before alerts were kept. */
  onNews(listener: (news: AlertNews) => void): () => void {
    this.#newsListeners.add(listener);
    return () => this.#newsListeners.delete(listener);
  }

  /** Makes the next portion of the turn; false: there is none. */
  #goOn(): boolean {
    try {
      if (this.#turning?.next().done === false) return true;
    } catch (error) {
      this.#deps.onError(error);
    }
    this.#turning = undefined;
    return false;
  }

  /** Looks at what has changed, at everything when that is due, and opens and closes alerts. */
  *#turn(): Generator<void> {
    const now = this.#deps.now();
    this.#hear(now);
    const ruled = this.#deps.acts.takeRuled();
    for (const agency of this.#deps.sources.registry.agencies()) {
      yield* this.#agency(agency, ruled.has(agency.id), now);
      yield;
    }
  }

  #hear(now: number): void {
    const { problem, hears = true } = this.#deps.sources.log?.() ?? {};
    if (!hears) this.#hearingSince = now;
    if (problem === undefined) this.#problem = undefined;
    else this.#problem = { problem, since: this.#problem?.since ?? now };
  }

  *#agency(agency: Agency, ruled: boolean, now: number): Generator<void> {
    const { acts, kept } = this.#deps;
    const { rules } = acts.rules(agency.id);
    const look = { agency, rules, ruled, hearingSince: this.#hearingSince, now };
    const found = yield* this.#of(agency.id).look(look);
    if (this.#problem !== undefined) found.push(...logConditions(this.#problem, rules));
    const before = kept.state(agency.id);
    if (found.length === 0 && before.open.size === 0) return;
    const wishes = this.#wishes(agency.id, rules, now);
    const turn = keep(before, this.#folded(agency.id, found, wishes, rules, now), wishes, now);
    kept.take(agency.id, turn);
    this.#tell(agency.id, turn);
  }

  /** A van that is muted is part of no storm. */
  #folded(agency: string, found: Condition[], wishes: AlertWishes, rules: AlertRules, now: number): Condition[] {
    const { kept, sources } = this.#deps;
    const isMuted = ({ vanId, kind }: Condition) => vanId !== undefined && wishes.muted(vanId, kind);
    const storms: Storm[] = [];
    for (const { kind, since, vanIds = [] } of kept.state(agency).open.values()) {
      if (kind === 'silent-many') storms.push({ cause: since, vanIds });
    }
    const { vans } = sources.registry.counts(agency);
    const heard = found.filter((condition) => !isMuted(condition));
    return [...foldStorms(heard, { storms, rules, vans, now }), ...found.filter(isMuted)];
  }

  #wishes(agency: string, rules: AlertRules, now: number): AlertWishes {
    const { acts, kept } = this.#deps;
    return {
      on: (kind) => rules[kind].on,
      muted: (vanId, kind) => acts.muted(agency, vanId).muted.some((one) => one.kind === kind),
      snoozedUntil: (alert) => snoozedUntil({ acts, kept }, agency, alert, now),
      past: (id) => kept.past(agency, id),
      quietBefore: kept.began,
    };
  }

  #tell(agency: string, { opened, changed, closed }: AlertTurn): void {
    const alerts = new Set([...opened, ...changed, ...closed].map(({ id }) => id));
    if (alerts.size === 0) return;
    const change = { agency, cursor: '', moved: none, vans: none, consumers: none, alerts, oldestReceivedAt: 0 };
    for (const listener of this.#changeListeners) listener(change);
    const news = (what: AlertNews['what'], some: AlertTurn['opened']) => {
      for (const { id, quiet } of some) {
        const alert = quiet === true ? undefined : this.#deps.shown(agency, id);
        if (alert !== undefined) for (const listener of this.#newsListeners) listener({ agency, what, alert });
      }
    };
    news('opened', opened);
    news('closed', closed);
  }

  #of(agency: string): Findings {
    let findings = this.#agencies.get(agency);
    if (findings === undefined) {
      findings = new Findings(this.#deps.sources, this.#inputs);
      this.#agencies.set(agency, findings);
    }
    return findings;
  }
}
