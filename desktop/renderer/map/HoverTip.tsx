import { useConsole, useNow, useParts, useStatusTime, useZone } from '../console-context.ts';
import { ago, clockTime, clockTimeExact, count, lasting } from '../format.ts';
import { words } from '../words.ts';
import { consumerOrders, consumerState, orderAge } from '../world/consumer-orders.ts';
import { statusOf } from '../world/entries.ts';
import type { Hovered } from './scene.ts';

export interface HoverPlace {
  under: Hovered;
  /** px from the left upper corner of the map */
  x: number;
  y: number;
}

/** A word on what lies under the mouse. The same can be read in list and card, so it is hidden from screen readers. */
export function HoverTip({ under, x, y }: HoverPlace) {
  useConsole((state) => state.revision);
  return (
    <div className="hover-tip" aria-hidden="true" style={{ transform: `translate(${x}px, ${y}px)` }}>
      <div className="hover-box">
        <Words under={under} />
      </div>
    </div>
  );
}

/** What the consumer's order is at, how it stands against the 48 hours, and when the van comes. */
function OrderWords({ consumerId, now, zone }: { consumerId: string; now: number; zone: string }) {
  const { console } = useParts();
  const own = [...console.world.orders.values()].filter(({ order }) => order.consumerId === consumerId);
  const chosen = consumerOrders(own, now).get(consumerId);
  const state = chosen && consumerState(chosen.order, now);
  if (chosen === undefined || state === undefined) return null;
  const { order, arrival } = chosen;
  const parts = [
    words.consumerState[state],
    words.orderAge[orderAge(order, now)],
    arrival && words.arrivalBetween(clockTime(arrival.from, zone), clockTime(arrival.until, zone)),
  ];
  return <span>{parts.filter(Boolean).join(' · ')}</span>;
}

function Words({ under }: { under: Hovered }) {
  const now = useNow();
  const judgedAt = useStatusTime();
  const zone = useZone();
  switch (under.kind) {
    case 'van': {
      const { van, position } = under.entry;
      const status = statusOf(under.entry, judgedAt);
      const speed =
        status === 'moving' && position?.speed !== undefined ? `${Math.round(position.speed)} ${words.kmh}` : '';
      return (
        <>
          <strong>{van.name}</strong>
          <span>
            {[words.status[status], speed, position && ago(position.fixTime, now)].filter(Boolean).join(' · ')}
          </span>
        </>
      );
    }
    case 'cluster': {
      const { slots, counts } = under.cluster;
      return (
        <>
          <strong>{words.cluster.vans(count(slots.length))}</strong>
          <span>
            {(['moving', 'stopped', 'silent'] as const)
              .filter((status) => counts[status] > 0)
              .map((status) => `${count(counts[status])} ${words.status[status].toLowerCase()}`)
              .join(' · ')}
          </span>
          <span>{words.cluster.expand}</span>
        </>
      );
    }
    case 'consumer': {
      const { id, name, address, pincode } = under.entry.consumer;
      return (
        <>
          <strong>{name}</strong>
          <span>{[address, pincode].filter(Boolean).join(', ')}</span>
          <OrderWords consumerId={id} now={now} zone={zone} />
        </>
      );
    }
    case 'stop': {
      const { from, until } = under.stop;
      const time = lasting((until ?? now) - from);
      return (
        <>
          <strong>{until === undefined ? words.mapTools.stillStands(time) : words.mapTools.stopped(time)}</strong>
          <span>
            {clockTime(from, zone)}
            {until !== undefined && `–${clockTime(until, zone)}`}
          </span>
        </>
      );
    }
    case 'point': {
      const { fixTime, speed } = under.point;
      return (
        <>
          <strong>{clockTimeExact(fixTime, zone)}</strong>
          {speed !== undefined && (
            <span>
              {Math.round(speed)} {words.kmh}
            </span>
          )}
        </>
      );
    }
  }
}
