import { Button, Loader } from '@mantine/core';
import { useState } from 'react';
import type { RunProgress, StopState } from '../../../../protocol/arrival.ts';
import type { Order } from '../../../../protocol/order.ts';
import type { Consumer, VanCapacity } from '../../../../protocol/registry.ts';
import { useConsole, useParts } from '../../console-context.ts';
import { words } from '../../words.ts';
import { RunStops, type Stop } from './RunStops.tsx';
import { SuggestedOrder } from './SuggestedOrder.tsx';
import { withMoved } from './stop-order.ts';
import { useAnswer } from './use-answer.ts';

interface Run {
  version: number;
  stops: { order: Order; consumer: Consumer | null }[];
  load: { full: number };
  capacity?: VanCapacity;
}

/** Arrivals change with every metre; so often they are asked for, ms. */
const askEvery = 15_000;
const states: Partial<Record<Order['state'], StopState>> = {
  delivered: 'delivered',
  failed: 'failed',
  cancelled: 'cancelled',
};

/** The van's run of today: its stops in their order, how far it has come, and the order changed by hand. */
export function RunSection({ vanId }: { vanId: string }) {
  const { world, changes } = useParts().console;
  useConsole((state) => state.ordersRevision);
  const path = `/api/vans/${encodeURIComponent(vanId)}`;
  // A run is asked for again when an order came to it, left it or changed.
  let stamp = '';
  for (const { order } of world.orders.values()) if (order.vanId === vanId) stamp += `${order.id}.${order.version} `;
  const run = useAnswer<Run>(`${path}/run`, stamp);
  const progress = useAnswer<RunProgress>(`${path}/progress`, stamp, askEvery);
  /** what was just asked for, until the daemon's own word comes */
  const [wished, setWished] = useState<{ version: number; ids: readonly string[] }>();
  if (run.value === undefined) {
    return (
      <section className="card-section" aria-label={words.run.title}>
        <h3>{words.run.title}</h3>
        <p className="quiet">
          {run.failed ? words.run.failed : <Loader size={12} aria-hidden="true" />}
          {run.failed && (
            <Button size="compact-xs" variant="subtle" onClick={run.again}>
              {words.order.retry}
            </Button>
          )}
        </p>
      </section>
    );
  }
  const { version, stops, load, capacity } = run.value;
  const byId = new Map(stops.map((stop) => [stop.order.id, stop]));
  const seen = stops.map(({ order }) => order.id);
  const ids = wished?.version === version ? wished.ids : seen;
  const told = new Map((progress.value?.stops ?? []).map((stop) => [stop.orderId, stop]));
  const shown = ids.flatMap((id): Stop[] => {
    const stop = byId.get(id);
    if (stop === undefined) return [];
    const of = told.get(id);
    const state = states[stop.order.state] ?? of?.state ?? 'waiting';
    return [{ id, name: stop.consumer?.name ?? stop.order.consumerId, order: stop.order, state, told: of }];
  });
  const isOpen = (id: string) => states[byId.get(id)?.order.state ?? 'booked'] === undefined;
  const plan = async (next: readonly string[]) => {
    setWished({ version, ids: next });
    const isDone = await changes.plan(vanId, next.filter(isOpen), { version, stops: seen.filter(isOpen) });
    if (!isDone) setWished(undefined);
    run.again();
  };
  const done = shown.filter(({ state }) => state === 'delivered' || state === 'failed' || state === 'visited').length;
  return (
    <section className="card-section run" aria-label={words.run.title}>
      <div className="section-head">
        <h3>{words.run.title}</h3>
        {shown.length > 0 && (
          <span className="quiet">
            {words.run.done(done, shown.length)} · {words.run.load(load.full, capacity?.full)}
          </span>
        )}
      </div>
      {shown.length === 0 ? (
        <p className="quiet">{words.run.none}</p>
      ) : (
        <>
          <progress max={shown.length} value={done} aria-label={words.run.done(done, shown.length)} />
          <RunStops
            stops={shown}
            move={(id, to) => {
              const next = withMoved(ids, id, to);
              if (next.some((each, i) => each !== ids[i])) void plan(next);
            }}
          />
          {ids.filter(isOpen).length > 2 && (
            <SuggestedOrder
              vanId={vanId}
              use={(order) => plan([...ids.filter((id) => !isOpen(id)), ...order])}
              stamp={`${version} ${stamp}`}
            />
          )}
        </>
      )}
    </section>
  );
}
