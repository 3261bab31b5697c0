import { createStore } from 'zustand/vanilla';
import type { ConsoleStore } from '../store.ts';

/** The pages of the administration, as they stand in the address: `#administration/vans`. */
const pageIds = [
  'consumers',
  'vans',
  'trackers',
  'zones',
  'places',
  'reports',
  'dead-letters',
  'audit',
  'accounts',
  'agency',
  'alert-rules',
  'webhooks',
  'me',
] as const;
export type PageId = (typeof pageIds)[number];

/** The page that is open, or was open last. */
export const openPage = createStore<{ id: PageId | undefined }>(() => ({ id: undefined }));

const begin = '#administration';

export const fragmentOf = (page: PageId | undefined): string => (page === undefined ? begin : `${begin}/${page}`);

/** What an address's fragment means: a page, `undefined` for the administration as such, and `false`: none of it. */
export function pageInFragment(fragment: string): PageId | undefined | false {
  const [first, second] = fragment.split('/');
  if (first !== begin) return false;
  return pageIds.find((each) => each === second);
}

/**
 * Keeps the address and the screen together, so that links, the browser's Back and a reload lead where they should.
 * Answers how to end it.
 */
export function followAddress(store: ConsoleStore, window: Window): () => void {
  const fromAddress = () => {
    const page = pageInFragment(window.location.hash);
    if (page !== false && page !== undefined) openPage.setState({ id: page });
    const screen = store.getState().screen;
    if (page !== false && screen !== 'administration') store.setState({ screen: 'administration' });
    if (page === false && screen === 'administration') store.setState({ screen: 'desk' });
  };
  fromAddress();
  window.addEventListener('hashchange', fromAddress);
  window.addEventListener('popstate', fromAddress);
  const end = store.subscribe(({ screen }, before) => {
    if (screen === before.screen) return;
    const isThere = pageInFragment(window.location.hash) !== false;
    if (screen === 'administration' && !isThere) window.location.hash = fragmentOf(openPage.getState().id);
    if (screen !== 'administration' && isThere) {
      window.history.pushState(null, '', window.location.pathname + window.location.search);
    }
  });
  return () => {
    window.removeEventListener('hashchange', fromAddress);
    window.removeEventListener('popstate', fromAddress);
    end();
  };
}
