/** @jsxImportSource preact */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Language } from '../../protocol/consumer-words.ts';
import { SignInPage } from '../drive/SignInPage.tsx';
import { driveWords } from '../drive/words.ts';
import { ask, Refused } from '../shared/http.ts';
import { whyRefused } from '../shared/refusal.ts';
import { byCookie, type Opened, Session } from '../shared/session.ts';
import { staffWords } from './words.ts';

/** While it is on, a position is sent this often, ms. */
const sendEvery = 5000;

/** Sends the position of this phone or computer: once by a button, and again and again while that is on. */
export function StaffPage({ language }: { language: Language }) {
  const words = staffWords[language];
  const [session, setSession] = useState<Session>();
  const [byKey, setByKey] = useState(false);
  const [ids, setIds] = useState<string[]>();
  const [problem, setProblem] = useState<string>();

  const enter = async (opened: Session) => {
    try {
      setIds(await idsOf(opened));
      setSession(opened);
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  const withKey = (event: Event) => {
    event.preventDefault();
    const key = String(new FormData(event.currentTarget as HTMLFormElement).get('key')).trim();
    void enter(new Session(() => ask<Opened>('POST', '/api/session', { body: { key } })));
  };
  if (session === undefined || ids === undefined) {
    return (
      <>
        {byKey ? (
          <form onSubmit={withKey}>
            <h1>{words.title}</h1>
            <label>
              {words.key}
              <input name="key" type="password" required autocomplete="off" />
            </label>
            <button type="submit" class="primary">
              {driveWords[language].signIn.enter}
            </button>
          </form>
        ) : (
          <SignInPage words={driveWords[language]} onOpened={(opened) => void enter(byCookie(opened))} />
        )}
        {problem !== undefined && <p role="alert">{problem}</p>}
        <button type="button" onClick={() => setByKey(!byKey)}>
          {byKey ? words.usePassword : words.useKey}
        </button>
      </>
    );
  }
  if (ids.length === 0) return <p class="detail">{words.none}</p>;
  return <Sender session={session} ids={ids} language={language} />;
}

/** As whom an account may send: a driver as himself, a service as any device of the agency, others as nobody. */
async function idsOf(session: Session): Promise<string[]> {
  const { role, subject, scopes } = await session.ask<{ role: string; subject: string; scopes: string[] }>(
    'GET',
    '/api/me',
  );
  if (role === 'DELIVERY_PARTNER') return [subject];
  if (role !== 'INTERNAL_SERVICE' || !scopes.includes('positions:write')) return [];
  const { items } = await session.ask<{ items: { id: string; enabled: boolean }[] }>('GET', '/api/devices?limit=1000');
  return items.filter(({ enabled }) => enabled).map(({ id }) => id);
}

function Sender({ session, ids, language }: { session: Session; ids: string[]; language: Language }) {
  const words = staffWords[language];
  const [id, setId] = useState(ids[0] ?? '');
  const [on, setOn] = useState(false);
  const [said, setSaid] = useState<{ text: string; wrong: boolean }>();
  const time = useMemo(() => new Intl.DateTimeFormat(language, { timeStyle: 'medium' }), [language]);
  const send = useRef(() => {});
  send.current = () =>
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude, accuracy } }) => {
        const fixTime = session.now();
        const fix = { fixTime, latitude, longitude, accuracy: Math.round(accuracy) };
        // A driver is known by his token; a service says which device it speaks for.
        const body = [ids.length === 1 ? fix : { ...fix, deviceId: id }];
        session.ask<{ rejected?: { detail: string }[] }>('POST', '/api/positions', body).then(
          (answer) => {
            const detail = answer.rejected?.[0]?.detail;
            setSaid(
              detail === undefined
                ? { text: words.sent(time.format(Date.now())), wrong: false }
                : { text: `${words.failed} ${detail}`, wrong: true },
            );
          },
          (error: unknown) => {
            const detail = error instanceof Refused ? whyRefused(error, language) : '';
            setSaid({ text: `${words.failed} ${detail}`, wrong: true });
          },
        );
      },
      () => setSaid({ text: words.refused, wrong: true }),
      { enableHighAccuracy: true, timeout: 20_000 },
    );
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => send.current(), sendEvery);
    return () => clearInterval(timer);
  }, [on]);
  const start = () => {
    send.current();
    setOn(true);
  };
  return (
    <>
      <h1>{words.title}</h1>
      <label>
        {words.id}
        <select value={id} onChange={(event) => setId(event.currentTarget.value)}>
          {ids.map((one) => (
            <option key={one} value={one}>
              {one}
            </option>
          ))}
        </select>
      </label>
      <button type="button" class="primary" onClick={() => send.current()}>
        {words.send}
      </button>
      <button type="button" aria-pressed={on} onClick={on ? () => setOn(false) : start}>
        {on ? words.off : words.on}
      </button>
      {said !== undefined && <p role={said.wrong ? 'alert' : 'status'}>{said.text}</p>}
    </>
  );
}
