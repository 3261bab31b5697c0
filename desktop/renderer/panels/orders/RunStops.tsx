import { IconGripVertical } from '@tabler/icons-react';
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import type { RunProgress, StopState } from '../../../../protocol/arrival.ts';
import type { Order } from '../../../../protocol/order.ts';
import { useSelect, useZone } from '../../console-context.ts';
import { clockRange, clockTime, lasting } from '../../format.ts';
import { words } from '../../words.ts';
import { placeAt } from './stop-order.ts';

export interface Stop {
  id: string;
  name: string;
  order: Order;
  state: StopState;
  told: RunProgress['stops'][number] | undefined;
}

interface RunStopsProps {
  stops: readonly Stop[];
  /** puts a stop at another place among all of them */
  move: (id: string, to: number) => void;
}

/** So much off the plan is worth a word, ms. */
const worthSaying = 5 * 60_000;
const over: ReadonlySet<StopState> = new Set(['delivered', 'failed', 'cancelled']);

/** The stops of a run in their order, which is changed by dragging one or by Alt with the arrows. */
export function RunStops({ stops, move }: RunStopsProps) {
  const list = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<{ id: string; to: number }>();
  const select = useSelect();

  const onKeyDown = (event: KeyboardEvent, at: number, stop: Stop) => {
    const step = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const to = at + step;
    if (event.altKey) {
      const other = stops[to];
      if (other !== undefined && !over.has(stop.state) && !over.has(other.state)) move(stop.id, to);
      return;
    }
    list.current?.querySelectorAll<HTMLElement>('.stop-line')[to]?.focus();
  };

  const onPointerDown = (event: PointerEvent<HTMLElement>, id: string) => {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    handle.setPointerCapture(event.pointerId);
    const place = (y: number) => {
      const others = [...(list.current?.children ?? [])].filter((line) => (line as HTMLElement).dataset.stop !== id);
      const middles = others.map((line) => {
        const { top, height } = line.getBoundingClientRect();
        return top + height / 2;
      });
      // What is over stays before everything that is open.
      const floor = stops.filter(({ state }) => over.has(state)).length;
      return Math.max(floor, placeAt(middles, y));
    };
    let to = place(event.clientY);
    setDrag({ id, to });
    const onMove = ({ clientY }: globalThis.PointerEvent) => {
      to = place(clientY);
      setDrag({ id, to });
    };
    const end = (isDropped: boolean) => {
      handle.removeEventListener('pointermove', onMove);
      handle.removeEventListener('pointerup', onUp);
      handle.removeEventListener('pointercancel', onCancel);
      window.removeEventListener('keydown', onKey, true);
      setDrag(undefined);
      if (isDropped) move(id, to);
    };
    const onUp = () => end(true);
    const onCancel = () => end(false);
    const onKey = (key: globalThis.KeyboardEvent) => {
      if (key.key !== 'Escape') return;
      key.stopPropagation();
      end(false);
    };
    handle.addEventListener('pointermove', onMove);
    handle.addEventListener('pointerup', onUp);
    handle.addEventListener('pointercancel', onCancel);
    window.addEventListener('keydown', onKey, true);
  };

  // While one is dragged the others make room for it.
  const dragged = stops.find(({ id }) => id === drag?.id);
  const rest = stops.filter((stop) => stop !== dragged);
  const shown = dragged === undefined ? stops : [...rest.slice(0, drag?.to), dragged, ...rest.slice(drag?.to)];
  return (
    <ol className="stops" ref={list} aria-description={words.run.moveHint}>
      {shown.map((stop, at) => (
        <li key={stop.id} className="stop" data-stop={stop.id} data-state={stop.state} data-dragged={stop === dragged}>
          <span className="stop-sign" aria-hidden="true">
            {at + 1}
          </span>
          <button
            type="button"
            className="stop-line"
            aria-keyshortcuts="Alt+ArrowUp Alt+ArrowDown"
            onClick={() => select({ kind: 'order', id: stop.id })}
            onKeyDown={(event) => onKeyDown(event, at, stop)}
          >
            <span className="stop-name">{stop.name}</span>
            <StopTimes stop={stop} />
          </button>
          {!over.has(stop.state) && (
            // The keys move a stop by Alt and the arrows, on its line.
            <span
              className="stop-grip"
              title={words.run.moveHint}
              onPointerDown={(event) => onPointerDown(event, stop.id)}
            >
              <IconGripVertical size={16} aria-hidden="true" />
            </span>
          )}
        </li>
      ))}
    </ol>
  );
}

function StopTimes({ stop: { state, told, order } }: { stop: Stop }) {
  const zone = useZone();
  const off = told?.lateBy;
  const time =
    told?.arrival !== undefined && !over.has(state)
      ? clockRange(told.arrival.from, told.arrival.until, zone)
      : over.has(state) && order.endedAt !== undefined
        ? clockTime(order.endedAt, zone)
        : undefined;
  return (
    <span className="stop-more">
      <span className="stop-state">{words.run.states[state]}</span>
      {time !== undefined && <span> · {time}</span>}
      {off !== undefined && Math.abs(off) >= worthSaying && !over.has(state) && (
        <span className="stop-off" data-late={off > 0}>
          {' · '}
          {off > 0 ? words.run.late(lasting(off)) : words.run.early(lasting(-off))}
        </span>
      )}
    </span>
  );
}
