/** @jsxImportSource preact */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import { consumerWords, type Language } from '../../protocol/consumer-words.ts';
import type { Order } from '../../protocol/order.ts';
import type { Agency } from '../../protocol/registry.ts';
import { toldOf } from '../../protocol/tracking.ts';
import { ask } from '../shared/http.ts';
import { byCookie, type Opened, type Session } from '../shared/session.ts';
import { OrderPage } from './OrderPage.tsx';
import { SignIn } from './SignIn.tsx';

/** All own orders of a consumer who has signed in by a code to his telephone. */
export function MePage({ agency, language }: { agency: string; language: Language }) {
  const [opened, setOpened] = useState<Opened | 'none'>();
  useEffect(() => {
    ask<Opened>('POST', '/api/session/refresh').then(
      (found) => setOpened(found.role === 'CUSTOMER' ? found : 'none'),
      () => setOpened('none'),
    );
  }, []);
  const session = useMemo(() => (typeof opened === 'object' ? byCookie(opened) : undefined), [opened]);
  const leave = useCallback(() => {
    void ask('DELETE', '/api/session').finally(() => setOpened('none'));
  }, []);
  if (opened === undefined) return <p>…</p>;
  if (session === undefined) return <SignIn agency={agency} language={language} onOpened={setOpened} />;
  return <Orders session={session} language={language} onLeave={leave} />;
}

function Orders({ session, language, onLeave }: { session: Session; language: Language; onLeave: () => void }) {
  const words = consumerWords[language];
  const [agency, setAgency] = useState<Agency>();
  const [orders, setOrders] = useState<Order[]>([]);
  const [chosen, setChosen] = useState<string>();
  useEffect(() => {
    if (chosen !== undefined) return;
    const read = async () => {
      setAgency((await session.ask<{ agency: Agency }>('GET', '/api/me')).agency);
      const { items } = await session.ask<{ items: Order[] }>('GET', '/api/me/orders?limit=1000');
      setOrders([...items].sort((a, b) => b.bookedAt - a.bookedAt));
    };
    read().catch(() => onLeave());
  }, [session, chosen, onLeave]);
  const end = useCallback(() => setChosen(undefined), []);
  if (chosen !== undefined) {
    return (
      <>
        <button type="button" onClick={end}>
          ‹ {words.me.back}
        </button>
        <OrderPage session={session} orderId={chosen} own={true} language={language} onEnd={end} />
      </>
    );
  }
  return (
    <>
      <h1>{words.me.title}</h1>
      {agency !== undefined && orders.length === 0 && <p class="detail">{words.me.none}</p>}
      <ul class="orders">
        {agency !== undefined &&
          orders.map((order) => (
            <li key={order.id}>
              <button type="button" onClick={() => setChosen(order.id)}>
                <strong>{toldOf({ order, agency }, language, Date.now()).headline}</strong>
                <span>{words.me.order(order.cylinders)}</span>
              </button>
            </li>
          ))}
      </ul>
      <button type="button" onClick={onLeave}>
        {words.me.signOut}
      </button>
    </>
  );
}
