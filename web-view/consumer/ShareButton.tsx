/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import { consumerWords, type Language } from '../../protocol/consumer-words.ts';
import { clockOf } from '../../protocol/tracking.ts';
import type { Session } from '../shared/session.ts';
import { tellOwnPath } from './own-path.ts';
import { sharedNow } from './shared-now.ts';

/** Fixes are sent no more often than this, ms. */
const sendEvery = 10_000;

/** Shares the phone's position for an hour, says who sees it, and stops at once when it is told to. */
export function ShareButton({
  session,
  language,
  agency,
}: {
  session: Session;
  language: Language;
  agency: { name: string; timeZone: string };
}) {
  const words = consumerWords[language].share;
  const [until, setUntil] = useState<number>();
  const [problem, setProblem] = useState<'refused' | 'silent' | 'failed'>();
  useEffect(() => {
    // It may be on since the last time this page was open.
    void sharedNow(session).then((shared) => setUntil(shared?.until));
  }, [session]);
  useEffect(() => {
    if (until === undefined) return;
    const over = setTimeout(() => setUntil(undefined), Math.max(0, until - session.now()));
    let sent = 0;
    const watch = navigator.geolocation.watchPosition(
      ({ coords }) => {
        setProblem(undefined);
        const now = Date.now();
        if (now - sent < sendEvery) return;
        sent = now;
        const { latitude, longitude, accuracy } = coords;
        tellOwnPath({ fixTime: now, latitude, longitude });
        session
          // It is of this moment, by the daemon's clock: clocks of phones are off.
          .ask('POST', '/api/me/location', { latitude, longitude, accuracy: Math.round(accuracy) })
          .catch(() => setProblem('failed'));
      },
      ({ code }) => setProblem(code === 1 ? 'refused' : 'silent'),
      { enableHighAccuracy: true, maximumAge: 0 },
    );
    return () => {
      clearTimeout(over);
      navigator.geolocation.clearWatch(watch);
      tellOwnPath('ended');
    };
  }, [until, session]);

  const start = () =>
    session.ask<{ until: number }>('PUT', '/api/me/sharing', { minutes: 60 }).then(
      (shared) => setUntil(shared.until),
      () => setProblem('failed'),
    );
  const stop = () => {
    // The phone stops at once, whatever becomes of the message.
    setUntil(undefined);
    session.ask('DELETE', '/api/me/sharing').catch(() => setProblem('failed'));
  };
  const said =
    problem === undefined ? undefined : problem === 'failed' ? consumerWords[language].failedToSend : words[problem];
  return (
    <div class="share">
      {until === undefined ? (
        <button type="button" onClick={start}>
          {words.start}
        </button>
      ) : (
        <>
          <p role="status">
            <strong>{words.on(clockOf(language, agency.timeZone).time(until))}</strong>
          </p>
          <button type="button" class="primary" onClick={stop}>
            {words.stop}
          </button>
        </>
      )}
      <p class="small">{words.who(agency.name)}</p>
      {said !== undefined && <p role="alert">{said}</p>}
    </div>
  );
}
