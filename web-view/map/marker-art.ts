/** The van from above, driving north. */
export const vanArt = `<svg class="van" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true">
<circle cx="20" cy="20" r="18" class="van-disc"/><path d="M20 3l6 8H14z" class="van-tip"/>
<rect x="13.5" y="12" width="13" height="18" rx="3" class="van-body"/><rect x="15.5" y="14" width="9" height="4.5" rx="1" class="van-glass"/></svg>`;

export const homeArt = `<svg class="home" viewBox="0 0 34 34" width="34" height="34" aria-hidden="true">
<circle cx="17" cy="17" r="15.5" class="home-disc"/><path d="M8.5 17.5L17 10l8.5 7.5M11 16v8.5h12V16" class="home-line"/></svg>`;

/** A stop of a run: its number, filled when it is the next one, with a tick when it is over. */
export function stopArt({ number, done, next }: { number: number; done: boolean; next: boolean }): string {
  const kind = done ? 'stop-done' : next ? 'stop-next' : 'stop-open';
  const text = done ? '✓' : String(number);
  return `<svg class="stop ${kind}" viewBox="0 0 36 36" width="36" height="36" aria-hidden="true">
<circle cx="18" cy="18" r="16" class="stop-disc"/><text x="18" y="23.5" text-anchor="middle" class="stop-number">${text}</text></svg>`;
}

/** Somebody who shares where he is. */
export const personArt = `<svg class="person" viewBox="0 0 26 26" width="26" height="26" aria-hidden="true">
<circle cx="13" cy="13" r="11" class="person-disc"/><circle cx="13" cy="10" r="3.4" class="person-body"/><path d="M7 19c1-4 11-4 12 0z" class="person-body"/></svg>`;
