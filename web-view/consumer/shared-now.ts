import type { Session } from '../shared/session.ts';

const asked = new WeakMap<Session, Promise<{ from: number; until: number } | undefined>>();

/** The sharing that was on when this page was opened, asked for once; undefined: none. */
export function sharedNow(session: Session): Promise<{ from: number; until: number } | undefined> {
  let answer = asked.get(session);
  if (answer === undefined) {
    answer = session.ask<{ from: number; until: number } | null>('GET', '/api/me/sharing').then(
      (shared) => shared ?? undefined,
      () => undefined,
    );
    asked.set(session, answer);
  }
  return answer;
}
