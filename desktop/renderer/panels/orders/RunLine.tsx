import { clockTime, lasting } from '../../format.ts';
import { words } from '../../words.ts';
import type { RunLine as Line } from './runs.ts';

/** Less off the plan is not worth a word, ms. */
const worthSaying = 5 * 60_000;

/** What a van does next and how late it is, below its name in the list. */
export function RunLine({ run, zone }: { run: Line; zone: string }) {
  if (run.left === 0) return null;
  const { nextName, arrival, lateBy = 0, left } = run;
  const next =
    nextName === undefined
      ? undefined
      : arrival === undefined
        ? words.orders.nextStopSoon(nextName)
        : words.orders.nextStop(nextName, clockTime(arrival.likely, zone));
  return (
    <span className="row-run">
      <span className="row-next">{next ?? words.orders.stopsLeft(left)}</span>
      {lateBy >= worthSaying && (
        <span className="due" data-due="late">
          <svg width="12" height="12" viewBox="-7 -7 14 14" aria-hidden="true" focusable="false">
            <path className="due-fill" d="M0-6.6 6.6 0 0 6.6-6.6 0Z" />
          </svg>
          {words.orders.behind(lasting(lateBy))}
        </span>
      )}
    </span>
  );
}
