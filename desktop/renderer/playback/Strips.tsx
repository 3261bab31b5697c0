import { CloseButton, useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo, useRef } from 'react';
import { useZone } from '../console-context.ts';
import { clockTime, dateOf } from '../format.ts';
import { trailCssColours } from '../map/trail-colours.ts';
import { words } from '../words.ts';
import { Handle } from './Handle.tsx';
import type { PlayedVan } from './load-van.ts';
import { stateText } from './play-words.ts';
import { placeAt } from './played-trail.ts';
import { usePlayed, usePlayer, useVanNames } from './player-context.ts';
import { sideOf, speedLimit, ticks } from './strip.ts';
import { paintStrip } from './strip-art.ts';
import { vanColour } from './van-colours.ts';
import { offsetAt } from './zone-time.ts';

/** Room for a mark of the axis and its word, px. */
const tickWidth = 78;

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

function Axis() {
  const zone = useZone();
  const span = usePlayed((state) => state.span);
  const { from, to } = span;
  const { ref, width } = useElementSize();
  const marks = ticks(span, Math.max(2, Math.floor(width / tickWidth)), offsetAt(from, zone));
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
      <div ref={ref} className="strip-marks">
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
