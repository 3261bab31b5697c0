import type { Browser, Page } from 'playwright-core';

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
  args?: { name?: string; data?: { frames?: { processId: number; url: string }[] } };
}

/**
 * What the main thread of a page did while `during` ran: CPU time of its tasks, ms a tick. A tick begins with the task in
 * which the page marks it, and all that follows belongs to it, up to the next one. A thread that waits for the graphics
 * process, or for a core that others use, uses no CPU time.
 */
export async function mainThread(browser: Browser, page: Page, during: () => Promise<unknown>) {
  const categories = ['toplevel', 'blink.user_timing', 'disabled-by-default-devtools.timeline'];
  await browser.startTracing(page, { categories });
  await during();
  const trace = await browser.stopTracing();
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const process = processOf(traceEvents);
  const own = traceEvents.filter(({ pid }) => pid === process);
  const thread = own.find(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')?.tid;
  const ofThread = own.filter(({ tid }) => tid === thread).sort((a, b) => a.ts - b.ts);
  const tasks = ofThread.filter(({ name, ph, tdur }) => ph === 'X' && tdur !== undefined && name === wholeTask);
  const marks = ofThread.filter(({ name }) => name === 'vantrail.tick').map(({ ts }) => ts);
  if (tasks.length === 0 || marks.length < 2) throw new Error('the trace holds no ticks of the page');
  const ticks: number[] = [];
  let current: number | undefined;
  let next = 0;
  for (const { ts, dur = 0, tdur = 0 } of tasks) {
    if ((marks[next] ?? Number.POSITIVE_INFINITY) < ts + dur) {
      // Several in one task are one tick: the page was told of them together.
      while ((marks[next] ?? Number.POSITIVE_INFINITY) < ts + dur) next++;
      if (current !== undefined) ticks.push(current);
      current = 0;
    }
    if (current !== undefined) current += tdur / 1000;
  }
  const sorted = ticks.toSorted((a, b) => a - b);
  const part = (of: number) => sorted[Math.floor((sorted.length - 1) * of)] ?? Number.NaN;
  return {
    ticks: ticks.length,
    mean: ticks.reduce((sum, each) => sum + each, 0) / ticks.length,
    p50: part(0.5),
    p95: part(0.95),
  };
}

/** A whole task; what it calls lies inside it and is not counted twice. */
const wholeTask = 'ThreadControllerImpl::RunTask';

/** The process of the traced page: its frame is named by an address of this machine. */
function processOf(events: readonly TraceEvent[]): number | undefined {
  for (const { args } of events) {
    const frame = args?.data?.frames?.find(({ url }) => url.startsWith('http://127.0.0.1'));
    if (frame !== undefined) return frame.processId;
  }
  return undefined;
}
