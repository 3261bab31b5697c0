/** A portion ends after this, ms, and the next one waits so long, ms: what has time takes a sixth of the daemon's. */
const portion = 2;
const pause = 10;

/** Calls `step` until it answers false, a few ms at a time, so that positions and commands do not wait for it. */
export function inPortions(step: () => boolean): void {
  const until = performance.now() + portion;
  while (step()) {
    if (performance.now() < until) continue;
    setTimeout(inPortions, pause, step);
    return;
  }
}
