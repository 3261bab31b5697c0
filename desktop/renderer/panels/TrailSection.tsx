import { Button, Loader, SegmentedControl, useComputedColorScheme } from '@mantine/core';
import { useMemo } from 'react';
import { useConsole, useParts } from '../console-context.ts';
import { count, kilometres } from '../format.ts';
import { trailCssColours } from '../map/trail-colours.ts';
import { type TrailState, trailHours } from '../store.ts';
import { bandLabel, speedBands, trailShapes } from '../trail/trail-shapes.ts';
import { words } from '../words.ts';

/** The trail in the card: how long, what was driven, what the colours mean. */
export function TrailSection() {
  const { console } = useParts();
  const hours = useConsole((state) => state.hours);
  const trail = useConsole((state) => state.trail);
  return (
    <section className="trail" aria-label={words.trail.label}>
      <div className="trail-head">
        <h3>{words.trail.label}</h3>
        <SegmentedControl
          size="xs"
          aria-label={words.trail.period}
          value={String(hours)}
          onChange={(value) =>
            console.store.setState({ hours: trailHours.find((each) => String(each) === value) ?? 4 })
          }
          data={trailHours.map((each) => ({ value: String(each), label: words.trail.hours(each) }))}
        />
      </div>
      <div className="trail-state" role="status">
        <TrailText trail={trail} hours={hours} />
      </div>
      <Legend />
    </section>
  );
}

function TrailText({ trail, hours }: { trail: TrailState; hours: number }) {
  const { console } = useParts();
  const history = trail.state === 'ready' ? trail.history : undefined;
  const before = useMemo(() => (history === undefined ? undefined : trailShapes(history)), [history]);
  switch (trail.state) {
    case 'none':
      return null;
    case 'loading':
      return (
        <>
          <Loader size={12} aria-hidden="true" /> {words.trail.loading}
        </>
      );
    case 'failed':
      return (
        <>
          <span title={trail.detail}>{words.trail.failed}</span>
          <Button size="compact-xs" variant="subtle" onClick={() => console.trail.reload()}>
            {words.trail.retry}
          </Button>
        </>
      );
    case 'ready': {
      if (before === undefined || before.points.length + trail.live.length === 0) return words.trail.empty(hours);
      const joint = before.points.slice(-1);
      const length = before.length + trailShapes([...joint, ...trail.live]).length;
      const summary = words.trail.summary(kilometres(length), count(before.points.length + trail.live.length));
      if (trail.partial === undefined) return summary;
      return (
        <span title={trail.partial}>
          {summary} · {words.trail.partial}
        </span>
      );
    }
  }
}

function Legend() {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return (
    <figure className="legend">
      <figcaption>{words.trail.legend}</figcaption>
      <ul>
        {speedBands.map((_, band) => (
          <li key={bandLabel(band)}>
            <span className="swatch" style={{ backgroundColor: trailCssColours[scheme][band] }} />
            {bandLabel(band)}
          </li>
        ))}
        <li>
          <span className="swatch gap" />
          {words.trail.gap}
        </li>
      </ul>
    </figure>
  );
}
