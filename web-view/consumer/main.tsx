/** @jsxImportSource preact */
import '../shared/page.css';
import { render } from 'preact';
import type { Language } from '../../protocol/consumer-words.ts';
import { byLink } from '../shared/session.ts';
import { OrderPage } from './OrderPage.tsx';

/** The words are on the screen already; they make way once there is something newer to say. */
const live = document.getElementById('live') as HTMLElement;
const leaveFirst = () => document.getElementById('first')?.remove();
/** The daemon says what has become of the link. */
const reload = () => location.reload();
const language: Language = document.documentElement.lang === 'hi' ? 'hi' : 'en';
const { page, order = '', own, from, until, agency = '' } = document.body.dataset;

if (page === 'order') {
  const token = location.pathname.slice('/t/'.length);
  const shown = from === undefined || until === undefined ? undefined : { from: Number(from), until: Number(until) };
  render(
    <OrderPage
      session={byLink(token)}
      orderId={order}
      own={own === 'true'}
      language={language}
      shown={shown}
      onReady={leaveFirst}
      onEnd={reload}
    />,
    live,
  );
} else {
  void import('./MePage.tsx').then(({ MePage }) => {
    leaveFirst();
    render(<MePage agency={agency} language={language} />, live);
  });
}
