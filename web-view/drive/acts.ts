import type { RefusalParams } from '../../protocol/refusal-text.ts';
import { Refused } from '../shared/http.ts';
import type { Kept } from './kept.ts';

/** What a driver does at a stop; each has an id of its own, by which the daemon counts it once. */
export interface Act {
  id: string;
  /** its place among all acts of this phone */
  place: number;
  /** name@agency of whoever did it: nobody else's session sends it */
  login: string;
  kind: 'start' | 'arrive' | 'deliver' | 'fail';
  orderId: string;
  /** whose order it is; on this phone alone, for the order may leave the run meanwhile */
  who?: string;
  /** UTC ms, by the daemon's clock as far as it is known */
  actedAt: number;
  latitude?: number;
  longitude?: number;
  code?: string;
  reason?: string;
  empties?: number;
  /** it could not be told at once: it happened, and the daemon is to take it as it was */
  late: boolean;
  /** conflict: the daemon has another opinion, and the dispatcher decides */
  state: 'waiting' | 'conflict';
  /** why, as the daemon said it, and its code for the other language */
  problem?: string;
  why?: { code?: string; params?: RefusalParams };
  /** the office has settled it; taken: the order is as he told it */
  settled?: { taken: boolean };
}
export type NewAct = Pick<Act, 'kind' | 'orderId'> & Partial<Pick<Act, 'who' | 'code' | 'reason' | 'empties'>>;

/** What is asked of the daemon for an act. */
function requestOf(act: Act): { path: string; body: Record<string, unknown> } {
  const { kind, orderId, id, actedAt, late } = act;
  const path = `/api/orders/${encodeURIComponent(orderId)}/${kind}`;
  switch (kind) {
    case 'start':
    case 'arrive':
      return { path, body: { act: id, actedAt } };
    case 'fail':
      return { path, body: { act: id, actedAt, reason: act.reason } };
    case 'deliver': {
      const { code, reason, empties, latitude, longitude } = act;
      const told = { act: id, code, reason, empties, latitude, longitude, ...(late ? { actedAt } : {}) };
      return { path, body: Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined)) };
    }
  }
}

/** What becomes of an act that the daemon has refused, or that did not reach it. */
function afterFailure(error: unknown, { kind, late }: Pick<Act, 'kind' | 'late'>): 'later' | 'again' | 'conflict' {
  // Nobody answered, or somebody who is not the daemon.
  if (!(error instanceof Refused)) return 'later';
  const { status, type } = error;
  const ofCode = type === 'wrong-code' || type === 'mistyped-code' || type === 'code-locked';
  // Told at once: the driver still stands there, and asks again.
  if (kind === 'deliver' && !late && ofCode) return 'again';
  // 401: he signs in again; 429 and 5xx: another time.
  if (status === 401 || status === 408 || status === 429 || status >= 500) return 'later';
  return 'conflict';
}

/** An act that is told later than this after it was done counts as one without network, ms. */
const atOnce = 30_000;

export interface ActsDeps {
  kept: Kept;
  send: (path: string, body: unknown) => Promise<unknown>;
  /** UTC ms, by the daemon's clock */
  now: () => number;
  newId: () => string;
  onChange: (acts: readonly Act[]) => void;
  /** one was taken; the run is another now */
  onTaken: () => void;
  /** the driver has to ask again, there and then */
  onAgain: (act: Act, type: string) => void;
}

/**
 * The acts that are not sent. Each is on the phone's disk before it counts; they are sent one after the other in the
 * order in which they were done, and one that is refused for good is put aside, so that it holds up nothing.
 */
export class Acts {
  readonly #deps: ActsDeps;
  #acts: Act[] = [];
  #sending: Promise<void> | undefined;

  constructor(deps: ActsDeps) {
    this.#deps = deps;
  }

  get all(): readonly Act[] {
    return this.#acts;
  }

  async open(): Promise<void> {
    this.#acts = await this.#deps.kept.acts();
    // What is left over from before a restart was not told at once.
    for (const act of this.#acts) act.late = true;
    this.#changed();
  }

  async add(login: string, act: NewAct, at?: { latitude: number; longitude: number }): Promise<void> {
    const { kept, newId, now } = this.#deps;
    const place = (this.#acts[this.#acts.length - 1]?.place ?? 0) + 1;
    const whole: Act = { ...act, ...at, id: newId(), place, login, actedAt: now(), late: false, state: 'waiting' };
    await kept.putAct(whole);
    this.#acts.push(whole);
    this.#changed();
  }

  /** Sends what waits and is this person's; those who ask meanwhile wait for the same. Rejects when it gets no further. */
  send(login: string): Promise<void> {
    this.#sending ??= this.#sendAll(login).finally(() => {
      this.#sending = undefined;
    });
    return this.#sending;
  }

  /** The office has settled some of those that were put aside: that is kept with each, until he has seen it. */
  async settle(settled: readonly { act: string; taken: boolean }[]): Promise<void> {
    for (const { act: id, taken } of settled) {
      const act = this.#acts.find((one) => one.id === id);
      if (act?.state !== 'conflict' || act.settled !== undefined) continue;
      const known: Act = { ...act, settled: { taken } };
      await this.#deps.kept.putAct(known);
      this.#acts = this.#acts.map((one) => (one.id === id ? known : one));
      this.#changed();
    }
  }

  /** One that was put aside has been talked over. */
  async dismiss(id: string): Promise<void> {
    await this.#remove(id);
  }

  async #sendAll(login: string): Promise<void> {
    const { send, now, onAgain, onTaken } = this.#deps;
    for (;;) {
      const act = this.#acts.find((one) => one.state === 'waiting' && one.login === login);
      if (act === undefined) return;
      if (now() - act.actedAt > atOnce) act.late = true;
      const { path, body } = requestOf(act);
      try {
        await send(path, body);
      } catch (error) {
        const next = afterFailure(error, act);
        if (next === 'later') {
          for (const one of this.#acts) one.late = true;
          this.#changed();
          throw error;
        }
        if (next === 'again') {
          await this.#remove(act.id);
          onAgain(act, (error as Refused).type);
        } else await this.#putAside(act, error as Refused);
        continue;
      }
      await this.#remove(act.id);
      onTaken();
    }
  }

  async #putAside(act: Act, { message: problem, problem: why }: Refused): Promise<void> {
    const { code: _code, ...rest } = act;
    const { code, params } = why;
    const known = code === undefined ? {} : { why: { code, ...(params === undefined ? {} : { params }) } };
    const aside: Act = { ...rest, state: 'conflict', problem, ...known };
    await this.#deps.kept.putAct(aside);
    this.#acts = this.#acts.map((one) => (one.id === act.id ? aside : one));
    this.#changed();
  }

  async #remove(id: string): Promise<void> {
    await this.#deps.kept.removeAct(id);
    this.#acts = this.#acts.filter((one) => one.id !== id);
    this.#changed();
  }

  #changed(): void {
    this.#deps.onChange([...this.#acts]);
  }
}
