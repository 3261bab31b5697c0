import type { BareChromium } from './bare-chromium.ts';

interface TraceEvent {
  ph: string;
  name: string;
  pid: number;
  tid: number;
  /** µs */
  ts: number;
  /** µs */
  dur?: number;
  /** µs of CPU of its thread */
  tdur?: number;
}

/** A whole task; what it calls lies inside it and is not counted twice. */
const wholeTask = 'ThreadControllerImpl::RunTask';
/** The page says by this mark that it is being told of new positions. */
const tickMark = 'vantrail.tick';

/**
 * What the main thread of a page did while `during` ran: CPU time of its tasks, ms a tick. A tick begins with the task in
 * which the page marks it, and all that follows belongs to it, up to the next one. A thread that waits for the graphics
 * process, or for a core that others use, uses no CPU time.
 */
export async function mainThread(browser: BareChromium, during: () => Promise<unknown>) {
  const events = await browser.trace<TraceEvent>(['toplevel', 'blink.user_timing'], during);
  const mark = events.find(({ name }) => name === tickMark);
  if (mark === undefined) throw new Error('the trace holds no tick of the page');
  const own = events.filter(({ pid, tid }) => pid === mark.pid && tid === mark.tid).sort((a, b) => a.ts - b.ts);
  const marks = own.filter(({ name }) => name === tickMark).map(({ ts }) => ts);
  const ticks: number[] = [];
  let current: number | undefined;
  let next = 0;
  for (const { name, ph, ts, dur = 0, tdur } of own) {
    if (name !== wholeTask || ph !== 'X' || tdur === undefined) continue;
    const isMarked = (marks[next] ?? Number.POSITIVE_INFINITY) < ts + dur;
    if (isMarked) {
      // Several in one task are one tick: the page was told of them together.
      while ((marks[next] ?? Number.POSITIVE_INFINITY) < ts + dur) next++;
      if (current !== undefined) ticks.push(current);
      current = 0;
    }
    if (current !== undefined) current += tdur / 1000;
  }
  const sorted = ticks.toSorted((a, b) => a - b);
  const part = (of: number) => sorted[Math.floor((sorted.length - 1) * of)] ?? Number.NaN;
  const mean = ticks.reduce((sum, each) => sum + each, 0) / ticks.length;
  return { ticks: ticks.length, mean, p50: part(0.5), p95: part(0.95) };
}
