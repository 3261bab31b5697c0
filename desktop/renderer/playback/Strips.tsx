import { CloseButton, useComputedColorScheme } from '@mantine/core';
import { type KeyboardEvent, type PointerEvent, useEffect, useMemo, useRef, useState } from 'react';
import type { Stretch } from '../../shared/bridge.ts';
import { useZone } from '../console-context.ts';
import { clockTime, clockTimeExact, dateOf } from '../format.ts';
import { trailCssColours } from '../map/trail-colours.ts';
import { words } from '../words.ts';
import type { PlayedVan } from './load-van.ts';
import { stateText } from './play-words.ts';
import { placeAt } from './played-trail.ts';
import { usePlayed, usePlayer, useVanNames } from './player-context.ts';
import { speedLimit, ticks } from './strip.ts';
import { paintStrip } from './strip-art.ts';
import { vanColour } from './van-colours.ts';
import { offsetAt } from './zone-time.ts';

const minute = 60_000;

/** A strip for each van, one above the other, with one handle for the played time over all of them. */
export function Strips() {
  const vanIds = usePlayed((state) => state.vanIds);
  const vans = usePlayed((state) => state.vans);
  const limit = useMemo(() => speedLimit(vans.map(({ trail }) => trail)), [vans]);
  if (vanIds.length === 0) return <p className="playback-empty">{words.playback.noVan}</p>;
  return (
    <div className="playback-strips" data-many={vanIds.length > 1} data-crowded={vanIds.length > 4}>
      <div className="strip-rows">
        <ul className="strip-names">
          {vanIds.map((id) => (
            <VanName key={id} id={id} />
          ))}
        </ul>
        <div className="strip-plots">
          {vanIds.map((id, nth) => (
            <Strip key={id} van={vans.find((van) => van.id === id)} nth={nth} limit={limit} />
          ))}
          <span className="strip-limit" title={words.playback.legendSpeed(String(limit))} aria-hidden="true">
            {limit}
          </span>
          <Handle />
        </div>
        <ul className="strip-readouts" aria-hidden="true">
          {vanIds.map((id) => (
            <Readout key={id} van={vans.find((van) => van.id === id)} />
          ))}
        </ul>
      </div>
      <Axis />
    </div>
  );
}

function VanName({ id }: { id: string }) {
  const player = usePlayer();
  const name = useVanNames()(id);
  const vanIds = usePlayed((state) => state.vanIds);
  const isLead = usePlayed((state) => state.lead === id);
  const colours = useComputedColorScheme('light', { getInitialValueInEffect: false });
  if (vanIds.length === 1) return <li className="strip-name">{name}</li>;
  return (
    <li className="strip-name">
      <button
        type="button"
        aria-pressed={isLead}
        title={words.playback.lead(name)}
        onClick={() => player.store.setState({ lead: id })}
      >
        <span className="strip-dot" style={{ backgroundColor: vanColour(vanIds.indexOf(id), colours) }} />
        <span className="strip-name-text">{name}</span>
      </button>
      <CloseButton
        size="xs"
        aria-label={words.playback.remove(name)}
        onClick={() => player.choose({ vanIds: vanIds.filter((each) => each !== id) })}
      />
    </li>
  );
}

interface StripProps {
  van: PlayedVan | undefined;
  nth: number;
  limit: number;
}

function Strip({ van, nth, limit }: StripProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const period = usePlayed((state) => state.span);
  const isOne = usePlayed((state) => state.vanIds.length === 1);
  const colours = useComputedColorScheme('light', { getInitialValueInEffect: false });
  useEffect(() => {
    const element = canvas.current;
    if (element === null || van === undefined) return;
    const paint = () => {
      const css = getComputedStyle(element);
      const own = vanColour(nth, colours);
      paintStrip(element, {
        ...{ van, period, limit },
        ink: {
          stop: css.getPropertyValue('--stopped'),
          silence: css.getPropertyValue('--silent'),
          speed: isOne ? (band) => trailCssColours[colours][band] ?? own : () => own,
        },
      });
    };
    paint();
    const sizes = new ResizeObserver(paint);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [van, period, limit, nth, isOne, colours]);
  const isEmpty = van !== undefined && van.trail.times.length === 0;
  return (
    <div className="strip" data-loading={van === undefined}>
      <canvas ref={canvas} />
      {isEmpty && <span className="strip-note">{words.playback.empty}</span>}
    </div>
  );
}

function Readout({ van }: { van: PlayedVan | undefined }) {
  const text = usePlayed(({ time }) => {
    const place = van && placeAt(van.trail, time);
    return place === undefined ? '' : stateText(place);
  });
  return <li>{text}</li>;
}

/** The handle of the played time: dragged, clicked at, or moved by keys. */
function Handle() {
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

/** Where a word on a place of the strip goes: beside the ends it would hang out. */
const sideOf = (part: number) => (part < 0.05 ? 'start' : part > 0.95 ? 'end' : 'middle');

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

function Axis() {
  const zone = useZone();
  const span = usePlayed((state) => state.span);
  const { from, to } = span;
  const marks = ticks(span, 12, offsetAt(from, zone));
  return (
    <div className="strip-axis" aria-hidden="true">
      <ul className="strip-legend">
        <li>
          <span className="swatch stop" />
          {words.playback.legendStop}
        </li>
        <li>
          <span className="swatch silence" />
          {words.playback.noSignal}
        </li>
      </ul>
      <div className="strip-marks">
        {marks.map(({ time, isDay }) => (
          <span
            key={time}
            style={{ left: `${((time - from) / (to - from)) * 100}%` }}
            data-day={isDay}
            data-side={sideOf((time - from) / (to - from))}
          >
            {isDay ? dateOf(time, zone) : clockTime(time, zone)}
          </span>
        ))}
      </div>
    </div>
  );
}
