import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from 'react';
import type { Stretch } from '../../shared/bridge.ts';
import { useZone } from '../console-context.ts';
import { clockTimeExact, dateOf } from '../format.ts';
import { words } from '../words.ts';
import { stateText } from './play-words.ts';
import { placeAt } from './played-trail.ts';
import { usePlayed, usePlayer } from './player-context.ts';
import { sideOf } from './strip.ts';

const minute = 60_000;

/** The handle of the played time: dragged, clicked at, or moved by keys. */
export function Handle() {
  const player = usePlayer();
  const zone = useZone();
  const period = usePlayed((state) => state.span);
  const track = useRef<HTMLDivElement>(null);
  const cursor = useRef<HTMLDivElement>(null);
  const [pointed, setPointed] = useState<number>();
  useEffect(() => {
    const place = ({ time, span: { from, to } }: { time: number; span: Stretch }) => {
      if (cursor.current !== null) cursor.current.style.left = `${((time - from) / (to - from)) * 100}%`;
    };
    place(player.store.getState());
    return player.store.subscribe(place);
  }, [player]);
  // While it plays, whoever listens hears the time once a second, not sixty times.
  const spoken = usePlayed(({ time, isPlaying, speed }) =>
    isPlaying ? Math.floor(time / (1000 * speed)) * 1000 * speed : time,
  );
  const lead = usePlayed((state) => state.vans.find(({ id }) => id === state.lead));
  const timeOf = (event: PointerEvent) => {
    const box = track.current?.getBoundingClientRect();
    if (box === undefined) return period.from;
    const part = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    return period.from + part * (period.to - period.from);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const { time } = player.store.getState();
    const to = {
      PageUp: time + 10 * minute,
      PageDown: time - 10 * minute,
      ArrowUp: time + minute,
      ArrowDown: time - minute,
      Home: period.from,
      End: period.to,
    }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    player.seek(to);
  };
  const place = lead && placeAt(lead.trail, spoken);
  const state = place === undefined ? words.playback.empty : stateText(place);
  const shown = `${dateOf(spoken, zone)} ${clockTimeExact(spoken, zone)}`;
  return (
    <div
      ref={track}
      className="strip-track"
      role="slider"
      tabIndex={0}
      aria-label={words.playback.timeline}
      aria-valuemin={0}
      aria-valuemax={Math.round((period.to - period.from) / 1000)}
      aria-valuenow={Math.round((spoken - period.from) / 1000)}
      aria-valuetext={words.playback.valueText(shown, state)}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        player.seek(timeOf(event));
      }}
      onPointerMove={(event) => {
        setPointed(timeOf(event));
        if (event.currentTarget.hasPointerCapture(event.pointerId)) player.seek(timeOf(event));
      }}
      onPointerLeave={() => setPointed(undefined)}
    >
      <div ref={cursor} className="strip-cursor" />
      {pointed !== undefined && <Pointed time={pointed} />}
    </div>
  );
}

/** A word on the time under the mouse. */
function Pointed({ time }: { time: number }) {
  const zone = useZone();
  const { from, to } = usePlayed((state) => state.span);
  const only = usePlayed((state) => (state.vans.length === 1 ? state.vans[0] : undefined));
  const place = only && placeAt(only.trail, time);
  const part = (time - from) / (to - from);
  return (
    <div className="strip-pointed" data-side={sideOf(part)} style={{ left: `${part * 100}%` }} aria-hidden="true">
      {to - from > 24 * 60 * minute && `${dateOf(time, zone)} `}
      {clockTimeExact(time, zone)}
      {place !== undefined && ` · ${stateText(place)}`}
    </div>
  );
}
