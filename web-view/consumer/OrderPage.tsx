/** @jsxImportSource preact */
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type ConsumerWords, consumerWords, type Language } from '../../protocol/consumer-words.ts';
import type { ShownRange } from '../../protocol/steady-range.ts';
import { clockOf, type Told, toldOf } from '../../protocol/tracking.ts';
import type { Session } from '../shared/session.ts';
import { Actions } from './Actions.tsx';
import { DeliveryCode } from './DeliveryCode.tsx';
import { Follow, type Followed } from './follow.ts';
import { MapPart } from './MapPart.tsx';

/** How often the words are made anew although nothing has come: a position grows old, ms. */
const tick = 10_000;

export interface OrderPageProps {
  session: Session;
  orderId: string;
  /** the link was sent to the consumer, or he has signed in: it speaks for him */
  own: boolean;
  language: Language;
  /** the range that stands on the screen already */
  shown?: ShownRange | undefined;
  /** there is something newer to say than what the daemon has written into the page */
  onReady?: () => void;
  onEnd: () => void;
}

/** One order as its consumer sees it. */
export function OrderPage({ session, orderId, own, language, shown, onReady, onEnd }: OrderPageProps) {
  const [followed, setFollowed] = useState<Followed>();
  const [, setTick] = useState(0);
  const range = useRef(shown);
  useEffect(() => {
    const follow = new Follow({ session, orderId, onChange: setFollowed, onEnd });
    return () => follow.close();
  }, [session, orderId, onEnd]);
  useEffect(() => {
    const timer = setInterval(() => setTick((ticks) => ticks + 1), tick);
    return () => clearInterval(timer);
  }, []);

  const { order, agency } = followed ?? {};
  const ready = order !== undefined && agency !== undefined;
  useLayoutEffect(() => {
    if (ready) onReady?.();
  }, [ready, onReady]);
  if (followed === undefined || order === undefined || agency === undefined) return null;
  const words = consumerWords[language];
  const out = order.state === 'out-for-delivery';
  const fixTime = out ? followed.van?.fix?.fixTime : undefined;
  const told = toldOf({ order, arrival: order.arrival, fixTime, agency }, language, session.now(), range.current);
  range.current = told.range ?? range.current;
  const clock = clockOf(language, agency.timeZone);
  return (
    <>
      <LinkNote followed={followed} words={words} time={clock.time} />
      <Words told={told} words={words} />
      {own && out && order.code !== undefined && <DeliveryCode code={order.code} words={words} />}
      {out && <MapPart followed={followed} language={language} session={session} />}
      <Actions followed={followed} language={language} session={session} own={own} />
    </>
  );
}

function Words({ told, words }: { told: Told; words: ConsumerWords }) {
  return (
    <>
      <div aria-live="polite">
        <h1>{told.headline}</h1>
        {told.estimate !== undefined && <p class="estimate">{told.estimate}</p>}
        {told.details.map((line) => (
          <p class="detail" key={line}>
            {line}
          </p>
        ))}
      </div>
      {told.receipt !== undefined && (
        <>
          <h2>{words.receipt}</h2>
          <dl class="receipt">
            {told.receipt.map(({ name, value }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  );
}

function LinkNote({
  followed: { link, since },
  words,
  time,
}: {
  followed: Followed;
  words: ConsumerWords;
  time: (at: number) => string;
}) {
  if (link !== 'offline' && link !== 'restarting') return null;
  return (
    <p class="note warn" role="status">
      {link === 'restarting' ? words.restarting : words.offline(time(since))}
    </p>
  );
}
