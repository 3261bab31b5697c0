import { useEffect, useMemo, useState } from 'preact/hooks';
import type { Session } from '../shared/session.ts';
import type { Kept } from './kept.ts';
import { type PositionState, Positions } from './positions.ts';

let last: { latitude: number; longitude: number; at: number } | undefined;
/** Where this phone was is no news after this, ms. */
const stale = 120_000;

/** Where this phone is, as it last said; for the acts that are done here. */
export function here(): { latitude: number; longitude: number } | undefined {
  if (last === undefined || Date.now() - last.at > stale) return undefined;
  return { latitude: last.latitude, longitude: last.longitude };
}

/** The sender of positions, and how it does. */
export function usePositions(kept: Kept, session: Session): { positions: Positions; state: PositionState } {
  const [, setState] = useState<PositionState>();
  const positions = useMemo(
    () =>
      new Positions({
        kept: {
          ...kept,
          putFix: (fix) => {
            last = { latitude: fix.latitude, longitude: fix.longitude, at: Date.now() };
            return kept.putFix(fix);
          },
        },
        send: (fixes) => session.ask('POST', '/api/positions', fixes),
        offset: () => session.clockOffset,
        onChange: setState,
      }),
    [kept, session],
  );
  useEffect(() => () => positions.stop(), [positions]);
  return { positions, state: positions.state };
}
