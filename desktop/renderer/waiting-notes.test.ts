import { describe, expect, it } from 'vitest';
import type { Console } from './console.ts';
import { Refused } from './session.ts';
import { createConsoleStore } from './store.ts';
import { noteKeeper, sendWhenBack, withNote } from './waiting-notes.ts';

const live = { kind: 'live', since: 1 } as const;

function bed(read: (path: string) => unknown) {
  const store = createConsoleStore(0);
  const keeper = noteKeeper(undefined, () => 5);
  const written: unknown[] = [];
  const said: string[] = [];
  const session = { read: async (path: string) => read(path), write: async (change: unknown) => written.push(change) };
  const changes = { say: ({ text }: { text: string }) => said.push(text) };
  const console = { store, session, changes, world: { consumers: new Map() } } as unknown as Console;
  const end = sendWhenBack(console, keeper);
  /** resolves when what was sent at the return of the link is over */
  const back = () =>
    new Promise<void>((resolve) => {
      const stop = store.subscribe((state, before) => {
        if (state.notesRevision === before.notesRevision) return;
        stop();
        resolve();
      });
      store.setState({ link: live });
    });
  return { keeper, written, said, back, end };
}

describe('notes that wait for the link', () => {
  it('are sent when it is back, as a line more, on the version that is there', async () => {
    const { keeper, written, back, end } = bed(() => ({ notes: 'third floor', version: 4 }));
    await keeper.add('c1', 'ring twice');
    await back();
    const body = { notes: 'third floor\nring twice' };
    expect(written).toEqual([{ method: 'PATCH', path: '/api/consumers/c1', body, version: 4 }]);
    expect(await keeper.list()).toEqual([]);
    end();
  });
  it('go on waiting when it goes again, and when there is no room for them', async () => {
    const gone = bed(() => {
      throw new TypeError('Failed to fetch');
    });
    await gone.keeper.add('c1', 'ring twice');
    await gone.back();
    expect(await gone.keeper.list()).toHaveLength(1);
    const full = bed(() => ({ notes: 'x'.repeat(495), version: 1 }));
    await full.keeper.add('c1', 'ring twice');
    await full.back();
    expect(full.written).toEqual([]);
    expect(await full.keeper.list()).toHaveLength(1);
    expect(full.said).toHaveLength(1);
  });
  it('end with whom they are about', async () => {
    const { keeper, written, back } = bed(() => {
      throw new Refused(404, 'There is nothing here.');
    });
    await keeper.add('c1', 'ring twice');
    await back();
    expect([written, await keeper.list()]).toEqual([[], []]);
  });
  it.each([
    [undefined, 'a', 'a'],
    [' ', 'a', 'a'],
    ['b', 'a', 'b\na'],
    ['b\na', 'a', 'b\na'],
    ['b'.repeat(499), 'a', undefined],
  ])('%j and %j are %j', (notes, text, both) => expect(withNote(notes, text)).toBe(both));
});
