import type { Thing } from '../shared/bridge.ts';
import type { ConsoleParts } from './console-context.ts';
import type { Desk } from './desk.ts';
import { noticed, type Selection, selected } from './store.ts';
import { words } from './words.ts';

type Shown = Pick<ConsoleParts, 'console' | 'scene'>;

/** Does what the desktop app asks of the page: notices, addresses that were opened, menus. Answers how to end it. */
export function followDesk(desk: Desk, { console, scene }: Shown): () => void {
  const { store } = console;
  const open = (thing: Thing) => {
    void selectionOf(desk, console.session, thing).then((selection) => {
      if (selection === undefined) {
        store.setState(
          noticed(store.getState(), { key: 'unknown', text: words.notices.unknown(thing.kind, thing.id) }),
        );
        return;
      }
      whenKnown({ console }, selection, () => {
        store.setState(selected(store.getState(), selection));
        scene.show(selection);
      });
    });
  };
  const { signInNote, notices, account, open: first } = desk.state;
  for (const notice of notices) store.setState(noticed(store.getState(), notice));
  if (account !== undefined && signInNote !== undefined) {
    store.setState(noticed(store.getState(), { key: 'sign-in', text: words.notices.memoryOnly(signInNote) }));
  }
  if (first !== undefined) open(first);
  const ends = [
    desk.on('notice', (notice) => store.setState(noticed(store.getState(), notice))),
    desk.on('open', open),
    desk.on('menu', ({ act }) => {
      if (act === 'help') store.setState({ helpOpen: true });
      else if (act === 'change-server') store.setState({ signIn: 'server' });
      else if (act === 'search') document.querySelector<HTMLInputElement>('input[type="search"]')?.focus();
      else void console.session.signOut().then((out) => out && location.reload());
    }),
    desk.on('filled', ({ vanId }) => {
      const { selection } = store.getState();
      if (selection?.kind === 'van' && selection.id === vanId) console.trail.reload();
    }),
  ];
  return () => {
    for (const end of ends) end();
  };
}

/** What is selected for a thing; undefined: an order that neither the cache nor the server knows. */
async function selectionOf(
  desk: Desk,
  session: { read(path: string): Promise<unknown> },
  { kind, id }: Thing,
): Promise<Selection | undefined> {
  if (kind !== 'order') return { kind, id };
  const cached = await desk.ask('cache.open', { kind: 'order', id }).catch(() => undefined);
  const order = cached ?? (await session.read(`/api/orders/${encodeURIComponent(id)}`).catch(() => undefined));
  return order === undefined ? undefined : { kind, id };
}

/** Runs once the world has the thing: at once, or when the picture or the feed brings it. */
function whenKnown({ console }: Pick<Shown, 'console'>, { kind, id }: Selection, run: () => void): void {
  const { vans, consumers, orders } = console.world;
  const isKnown = () => {
    if ({ van: vans, consumer: consumers, order: orders }[kind].has(id)) return true;
    // The feed tells of no order that ended long ago; its card asks for it.
    return kind === 'order' && console.store.getState().loaded;
  };
  if (isKnown()) {
    run();
    return;
  }
  const end = console.store.subscribe(() => {
    if (!isKnown()) return;
    end();
    run();
  });
}
