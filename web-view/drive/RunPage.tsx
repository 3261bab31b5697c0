/** @jsxImportSource preact */
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Language } from '../../protocol/consumer-words.ts';
import type { Agency } from '../../protocol/registry.ts';
import { clockOf } from '../../protocol/tracking.ts';
import { Refused } from '../shared/http.ts';
import type { Session } from '../shared/session.ts';
import { type Act, Acts, type NewAct } from './acts.ts';
import { Conflicts } from './Conflicts.tsx';
import type { Kept } from './kept.ts';
import { PositionPart } from './PositionPart.tsx';
import { RunMap } from './RunMap.tsx';
import { nextStop, type Run, type ShownStop, withActs } from './run.ts';
import { StopCard } from './StopCard.tsx';
import { here, usePositions } from './use-positions.ts';
import { useRunFeed } from './use-run-feed.ts';
import { driveWords } from './words.ts';

/** The run is asked for again this often, and what waits is tried again, ms. */
const lookEvery = 20_000;

/** Today's run: the next stop large, the others below, and what is not sent yet. */
export function RunPage({
  kept,
  session,
  login,
  language,
  onSignedOut,
  onLeave,
}: {
  kept: Kept;
  session: Session;
  login: string;
  language: Language;
  onSignedOut: () => void;
  onLeave: () => void;
}) {
  const words = driveWords[language];
  const [run, setRun] = useState<Run | 'no-van'>();
  const [agency, setAgency] = useState<Agency>();
  const [acts, setActs] = useState<readonly Act[]>([]);
  const [online, setOnline] = useState(true);
  const [chosen, setChosen] = useState<string>();
  const [again, setAgain] = useState<{ orderId: string; type: string }>();
  const { positions, state: position } = usePositions(kept, session);

  const settleLatest = useRef(async () => {});
  const read = useCallback(async () => {
    try {
      const next = await session.ask<Run>('GET', '/api/me/run');
      await kept.putRun(login, next);
      setRun(next);
      setOnline(true);
      // The run is what matters; what was settled is asked for again with the next look.
      await settleLatest.current().catch(() => {});
      setAgency((await session.ask<{ agency: Agency }>('GET', '/api/me')).agency);
    } catch (error) {
      if (error instanceof Refused && error.status === 404) setRun('no-van');
      else if (error instanceof Refused && error.status === 401) onSignedOut();
      else setOnline(false);
    }
  }, [session, kept, login, onSignedOut]);

  const readLatest = useRef(read);
  readLatest.current = read;
  const shared = useRunFeed(session, () => void read());
  const queue = useMemo(
    () =>
      new Acts({
        kept,
        send: (path, body) => session.ask('POST', path, body),
        now: () => session.now(),
        newId: () => crypto.randomUUID(),
        onChange: setActs,
        onTaken: () => setOnline(true),
        onAgain: ({ orderId }, type) => setAgain({ orderId, type }),
      }),
    [kept, session],
  );
  // What the office has made of refused acts; asked for only while one is on this phone.
  const settle = useCallback(async () => {
    if (!queue.all.some(({ state, settled }) => state === 'conflict' && settled === undefined)) return;
    const { items } = await session.ask<{ items: { act: string; taken: boolean }[] }>('GET', '/api/me/settled-acts');
    await queue.settle(items);
  }, [queue, session]);
  settleLatest.current = settle;
  const send = useCallback(async () => {
    try {
      await queue.send(login);
      await readLatest.current();
      if (positions.state.kept > 0) await positions.flush();
    } catch (error) {
      if (error instanceof Refused && error.status === 401) onSignedOut();
      else setOnline(false);
    }
  }, [queue, login, positions, onSignedOut]);

  useEffect(() => {
    // What the phone has is there at once; what the daemon has, when it comes.
    void kept.run().then((found) => {
      if (found === undefined) return;
      // Names and doors of another day, or of another driver's run, are nobody's business any more.
      const yesterday = new Date(Date.now() - 36 * 3_600_000).toISOString().slice(0, 10);
      if (found.login !== login || found.run.day < yesterday) void kept.forget();
      else setRun((present) => present ?? found.run);
    });
    void queue.open().then(send);
    const timer = setInterval(() => void send(), lookEvery);
    const back = () => void send();
    const seen = () => document.visibilityState === 'visible' && void send();
    addEventListener('online', back);
    document.addEventListener('visibilitychange', seen);
    return () => {
      clearInterval(timer);
      removeEventListener('online', back);
      document.removeEventListener('visibilitychange', seen);
    };
  }, [kept, queue, send, login]);

  const act = useCallback(
    async (...news: NewAct[]) => {
      setAgain(undefined);
      const stops = typeof run === 'object' ? run.stops : [];
      for (const each of news) {
        const who = stops.find(({ order }) => order.id === each.orderId)?.consumer?.name;
        await queue.add(login, who === undefined ? each : { ...each, who }, here());
      }
      void send();
    },
    [queue, login, send, run],
  );

  if (run === undefined) return <p>{online ? words.loading : words.network.offline}</p>;
  if (run === 'no-van') return <p class="detail">{words.noVan}</p>;
  const stops = withActs(run, acts);
  const next = nextStop(stops);
  const shown = stops.find(({ order }) => order.id === (chosen ?? again?.orderId)) ?? next;
  const waiting = stops.filter(({ order }) => order.state === 'assigned');
  const unsent = acts.filter(({ state }) => state === 'waiting');
  const time = clockOf(language, agency?.timeZone ?? 'Asia/Kolkata').time;
  return (
    <>
      <p class={`note sync ${online ? '' : 'warn'}`} role="status">
        {!online && `${words.network.offline} `}
        {unsent.length === 0 ? online && words.network.sent : words.network.waiting(unsent.length)}
      </p>
      <Conflicts
        acts={acts}
        agency={agency}
        words={words}
        language={language}
        onSeen={(id) => void queue.dismiss(id)}
      />
      <PositionPart positions={positions} state={position} words={words} time={time} />
      {waiting.length > 1 && (
        <button
          type="button"
          class="primary"
          onClick={() => void act(...waiting.map(({ order }) => ({ kind: 'start' as const, orderId: order.id })))}
        >
          {words.setOut(waiting.length)}
        </button>
      )}
      {shown !== undefined && (
        <StopCard
          key={shown.order.id}
          stop={shown}
          isNext={shown === next}
          words={words}
          refusal={again?.orderId === shown.order.id ? again.type : undefined}
          onAct={(one) => {
            // What is over makes way for the next; else he stays where he stands.
            setChosen(one.kind === 'deliver' || one.kind === 'fail' ? undefined : shown.order.id);
            void act(one);
          }}
        />
      )}
      <RunMap stops={stops} next={next} fix={here()} shared={shared} words={words} onChoose={setChosen} />
      <h2>{words.stops}</h2>
      {stops.length === 0 && <p class="detail">{words.empty}</p>}
      <ol class="stops">
        {stops.map((stop) => (
          <li key={stop.order.id}>
            <button type="button" class={stop === shown ? 'chosen' : ''} onClick={() => setChosen(stop.order.id)}>
              <strong>
                {stop.number}. {stop.consumer?.name ?? words.unknownConsumer}
              </strong>
              <span>{stateOf(stop, words)}</span>
            </button>
          </li>
        ))}
      </ol>
      <button type="button" onClick={onLeave} disabled={unsent.length > 0}>
        {words.signOut}
      </button>
    </>
  );
}

function stateOf({ order, unsent }: ShownStop, words: (typeof driveWords)['en']): string {
  const atDoor = order.state === 'out-for-delivery' && order.arrivedAt !== undefined;
  const state = atDoor ? words.atDoor : words.states[order.state];
  return unsent ? `${state} · ${words.unsent}` : state;
}
