import type { WaitingNote } from '../shared/bridge.ts';
import type { Console } from './console.ts';
import type { Desk } from './desk.ts';
import { Refused } from './session.ts';
import { words } from './words.ts';

/** Where notes wait while there is no link. */
export interface NoteKeeper {
  add(consumerId: string, text: string): Promise<void>;
  list(): Promise<readonly WaitingNote[]>;
  remove(id: number): Promise<void>;
}

/** What the notes of a consumer may have in all; the daemon's own bound. */
const longest = 500;

/** In the desktop app they wait in its cache and outlive the app; in a browser they live and die with the page. */
export function noteKeeper(desk: Desk | undefined, now: () => number): NoteKeeper {
  if (desk !== undefined) {
    return {
      add: async (id, text) => void (await desk.ask('notes.add', { about: { kind: 'consumer', id }, text })),
      list: () => desk.ask('notes.list', undefined),
      remove: async (id) => void (await desk.ask('notes.remove', { id })),
    };
  }
  let last = 0;
  let notes: WaitingNote[] = [];
  return {
    async add(id, text) {
      notes = [...notes, { id: ++last, about: { kind: 'consumer', id }, text, at: now() }];
    },
    list: async () => notes,
    async remove(id) {
      notes = notes.filter((note) => note.id !== id);
    },
  };
}

/** The notes with one more line; undefined: there is no room for it. What stands there already is not said twice. */
export function withNote(notes: string | undefined, text: string): string | undefined {
  if (notes === undefined || notes.trim() === '') return text;
  if (notes.split('\n').includes(text)) return notes;
  const both = `${notes}\n${text}`;
  return both.length > longest ? undefined : both;
}

/**
 * Sends what waits, each as a line more of the consumer's notes, whenever the link is back. One that cannot be sent
 * stays. Answers how to end it.
 */
export function sendWhenBack({ store, session, world, changes }: Console, keeper: NoteKeeper): () => void {
  let isSending = false;
  const send = async () => {
    if (isSending || store.getState().link.kind !== 'live') return;
    isSending = true;
    try {
      for (const note of await keeper.list()) {
        if (note.about.kind === 'consumer') await sendOne(note);
      }
    } catch {
      // The link went again, or the cache is closed: they wait for the next time.
    } finally {
      isSending = false;
      store.setState({ notesRevision: store.getState().notesRevision + 1 });
    }
  };
  const sendOne = async ({ id, about, text }: WaitingNote) => {
    const path = `/api/consumers/${encodeURIComponent(about.id)}`;
    const name = world.consumers.get(about.id)?.consumer.name ?? about.id;
    try {
      const { notes, version } = (await session.read(path)) as { notes?: string; version: number };
      const next = withNote(notes, text);
      if (next === undefined) {
        changes.say({ kind: 'refused', text: words.notes.tooLong(name) });
        return;
      }
      if (next !== notes) await session.write({ method: 'PATCH', path, body: { notes: next }, version });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      // Of somebody who was removed meanwhile there is nothing to note; anything else is tried again.
      if (error.status !== 404) return;
    }
    await keeper.remove(id);
    changes.say({ kind: 'done', text: words.notes.sent(name) });
  };
  const end = store.subscribe((state, before) => {
    if (state.link.kind === 'live' && before.link.kind !== 'live') void send();
  });
  void send();
  return end;
}
