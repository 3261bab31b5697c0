import { useConsole, useNow, useStatusTime, useZone } from '../console-context.ts';
import { ago, clockTimeExact } from '../format.ts';
import { words } from '../words.ts';
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
    case 'consumer': {
      const { name, address, pincode } = under.entry.consumer;
      return (
        <>
          <strong>{name}</strong>
          <span>{[address, pincode].filter(Boolean).join(', ')}</span>
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
