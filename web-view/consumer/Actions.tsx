/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { consumerWords, type Language } from '../../protocol/consumer-words.ts';
import { isAway } from '../../protocol/tracking.ts';
import type { Session } from '../shared/session.ts';
import type { Followed } from './follow.ts';
import { PinMove } from './PinMove.tsx';
import { ShareButton } from './ShareButton.tsx';

/** What a consumer can do: call, say that nobody is at home, share the own position, mend the pin. */
export function Actions({
  followed,
  language,
  session,
  own,
}: {
  followed: Followed;
  language: Language;
  session: Session;
  own: boolean;
}) {
  const words = consumerWords[language];
  const { order, agency } = followed;
  if (order === undefined || agency === undefined) return null;
  const open = order.state === 'booked' || order.state === 'assigned' || order.state === 'out-for-delivery';
  return (
    <section class="actions">
      {agency.phone !== undefined && (
        <a class="call" href={`tel:${agency.phone.replace(/[^+0-9]/g, '')}`}>
          {words.call(agency.name)}
        </a>
      )}
      {own && open && !isAway(order, agency.timeZone, session.now()) && (
        <Away
          words={words}
          tell={() => session.ask('POST', `/api/me/orders/${encodeURIComponent(order.id)}/away`, {})}
        />
      )}
      {own && open && <ShareButton session={session} language={language} agency={agency} />}
      {own && open && <PinMove session={session} words={words} home={followed.home} />}
    </section>
  );
}

function Away({ words, tell }: { words: (typeof consumerWords)['en']; tell: () => Promise<unknown> }) {
  const [state, setState] = useState<'offered' | 'asking' | 'sending' | 'sent' | 'failed'>('offered');
  const send = () => {
    setState('sending');
    tell().then(
      () => setState('sent'),
      () => setState('failed'),
    );
  };
  if (state === 'sent') return <p role="status">{words.awaySent}</p>;
  if (state === 'offered') {
    return (
      <button type="button" onClick={() => setState('asking')}>
        {words.awayAsk}
      </button>
    );
  }
  return (
    <div class="asking">
      <p>{words.awaySure}</p>
      {state === 'failed' && <p role="alert">{words.failedToSend}</p>}
      <button type="button" class="primary" disabled={state === 'sending'} onClick={send}>
        {words.yes}
      </button>
      <button type="button" onClick={() => setState('offered')}>
        {words.no}
      </button>
    </div>
  );
}
