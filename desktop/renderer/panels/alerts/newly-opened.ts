import type { Alert } from '../../../../protocol/alert.ts';

/** An alert that opened longer ago is no news any more: it opened while this console was away, ms. */
const newsFor = 10 * 60_000;

/**
 * Tells which alerts have opened since it was last asked. What was open when the console first saw the agency is no
 * news, nor is what people have already seen, or what was nothing new when it opened.
 */
export function newlyOpened(): (alerts: ReadonlyMap<string, Alert>, now: number) => Alert[] {
  let known: Set<string> | undefined;
  return (alerts, now) => {
    const before = known;
    known = new Set(alerts.keys());
    if (before === undefined) return [];
    const opened: Alert[] = [];
    for (const alert of alerts.values()) {
      if (before.has(alert.id) || alert.closedAt !== undefined || alert.acknowledged !== undefined) continue;
      if (alert.quiet === true || now - alert.openedAt > newsFor) continue;
      opened.push(alert);
    }
    return opened.sort((a, b) => a.openedAt - b.openedAt);
  };
}
