import { TrailCache } from './cache.ts';
import type { CacheCall, CacheCalls, CacheMessage, Question } from './calls.ts';
import { removeCache } from './file.ts';

/** How often what is only in memory is written, and how often old things are forgotten, ms. */
const writeEvery = 10_000;
const tidyEvery = 3_600_000;
/** The whole file is looked at once, when the start is long over, ms. */
const checkAfter = 60_000;

interface ServeDeps {
  send: (message: CacheMessage) => void;
  now: () => number;
}

/** The cache behind messages: answers each question once. One account is open at a time. */
export function serveCache({ send, now }: ServeDeps): { ask(question: Question): void; stop(): void } {
  let cache: TrailCache | undefined;
  let folder: string | undefined;
  let timers: NodeJS.Timeout[] = [];

  const close = () => {
    for (const timer of timers) clearTimeout(timer);
    timers = [];
    cache?.stop();
    cache = undefined;
  };
  const opened = () => {
    if (cache === undefined) throw new Error('no cache is open');
    return cache;
  };
  /** Work that nobody waits for: whoever asks next hears what is wrong. */
  const quietly = (work: () => void) => {
    try {
      work();
    } catch {
      // A full disk is told by the cache itself.
    }
  };

  const handlers: { [C in CacheCall]: (input: CacheCalls[C]['input']) => CacheCalls[C]['output'] } = {
    open(input) {
      close();
      folder = input.folder;
      const next = new TrailCache({ ...input, now, notice: (notice) => send({ notice }) });
      next.start();
      cache = next;
      timers = [
        setInterval(() => quietly(() => next.flush()), writeEvery),
        setInterval(() => quietly(() => next.tidy()), tidyEvery),
        setTimeout(() => quietly(() => next.check()), checkAfter),
      ];
      return { asOf: next.asOf };
    },
    close({ remove }) {
      close();
      if (remove && folder !== undefined) removeCache(folder);
      folder = undefined;
      return null;
    },
    take(batch) {
      opened().take(batch);
      return null;
    },
    picture: ({ after }) => opened().picture(after),
    trail: ({ vanId, from, to }) => opened().trail(vanId, { from, to }),
    missing: ({ vanId, from, to }) => opened().missing(vanId, { from, to }),
    keep: ({ vanId, asked, chunks, askedAt }) => opened().keep(vanId, asked, chunks, askedAt),
    search: ({ text, limit }) => opened().search(text, limit),
    find: ({ kind, id }) => opened().find(kind, id),
    facts: () => opened().facts(),
    vans: () => opened().vans(),
    'add-note': ({ about, text }) => opened().addNote(about, text),
    notes: () => opened().waitingNotes(),
    'remove-note': ({ id }) => opened().removeNote(id),
  };

  return {
    ask({ id, call, input }) {
      try {
        send({ id, ok: true, value: (handlers[call] as (input: unknown) => unknown)(input) });
      } catch (error) {
        const { name, message } = error as Error;
        send({ id, ok: false, error: { name, message } });
      }
    },
    stop: close,
  };
}
