import type { Arrival, RunProgress } from '../../protocol/arrival.ts';
import type { ArrivalState } from '../domain/arrival-step.ts';
import type { RunNow } from './arrivals-runs.ts';

/**
 * How far a run has come, as it is answered: what was planned (`planned`: ms from its start, by order), what happened,
 * what is expected.
 */
export function runAnswer(
  vanId: string,
  run: RunNow,
  planned: Readonly<Record<string, number>> | undefined,
  arrivalOf: (orderId: string) => Arrival | undefined,
  van: ArrivalState | undefined,
  now: number,
): RunProgress {
  const { startedAt, progress } = run;
  const stops = progress.stops.map(({ stop, state, visit }) => {
    const { id: orderId, consumerId } = stop.order;
    const offset = planned?.[orderId];
    const expected = startedAt === undefined || offset === undefined ? undefined : startedAt + offset;
    const arrival = arrivalOf(orderId);
    const real = visit?.arrivedAt ?? (arrival === undefined ? undefined : Math.max(now, arrival.likely));
    return {
      orderId,
      consumerId,
      state,
      ...(expected === undefined ? {} : { planned: expected }),
      ...(visit === undefined ? {} : { arrivedAt: visit.arrivedAt, arrivedBy: visit.by }),
      ...(visit?.leftAt === undefined ? {} : { leftAt: visit.leftAt }),
      ...(expected === undefined || real === undefined ? {} : { lateBy: real - expected }),
      ...(arrival === undefined ? {} : { arrival }),
    };
  });
  const next = progress.ahead[0]?.stop.order.id;
  const open = stops.some(({ state }) => !over.has(state));
  const basedOn = van === undefined || van.fixTime < 0 ? undefined : van.fixTime;
  return {
    vanId,
    day: run.day,
    state: !open ? 'over' : startedAt === undefined ? 'planned' : 'under-way',
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(basedOn === undefined ? {} : { basedOn }),
    ...(next === undefined ? {} : { next }),
    done: stops.filter(({ state }) => state === 'delivered' || state === 'failed' || state === 'visited').length,
    left: progress.ahead.length,
    outOfOrder: progress.skipped > 0,
    stops,
  };
}

const over: ReadonlySet<string> = new Set(['delivered', 'failed', 'cancelled']);
