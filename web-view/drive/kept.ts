import type { Act } from './acts.ts';
import type { Run } from './run.ts';

/** A fix that waits to be sent. */
export interface KeptFix {
  /** UTC ms; also its key */
  fixTime: number;
  latitude: number;
  longitude: number;
  accuracy?: number;
  speed?: number;
  course?: number;
  battery?: number;
}

/** What the phone keeps over a restart of the browser. No delivery code is among it but one that was typed and not yet sent. */
export interface Kept {
  acts(): Promise<Act[]>;
  putAct(act: Act): Promise<void>;
  removeAct(id: string): Promise<void>;
  run(): Promise<{ login: string; run: Run } | undefined>;
  putRun(login: string, run: Run): Promise<void>;
  fixes(): Promise<KeptFix[]>;
  putFix(fix: KeptFix): Promise<void>;
  removeFixes(times: readonly number[]): Promise<void>;
  /** Everything but acts that were not sent: they are work that was done. */
  forget(): Promise<void>;
}

const stores = ['acts', 'run', 'fixes'] as const;

/** In IndexedDB. */
export async function openKept(name = 'vantrail-drive'): Promise<Kept> {
  const db = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore('acts', { keyPath: 'id' });
      request.result.createObjectStore('run');
      request.result.createObjectStore('fixes', { keyPath: 'fixTime' });
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  /** Resolves once it is on the disk, not before. */
  const write = (store: (typeof stores)[number], change: (store: IDBObjectStore) => void) =>
    new Promise<void>((resolve, reject) => {
      const transaction = db.transaction(store, 'readwrite', { durability: 'strict' });
      transaction.oncomplete = () => resolve();
      transaction.onerror = () => reject(transaction.error);
      change(transaction.objectStore(store));
    });
  const read = <T>(store: (typeof stores)[number], ask: (store: IDBObjectStore) => IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      const request = ask(db.transaction(store).objectStore(store));
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  return {
    acts: async () => (await read<Act[]>('acts', (store) => store.getAll())).sort((a, b) => a.place - b.place),
    putAct: (act) => write('acts', (store) => store.put(act)),
    removeAct: (id) => write('acts', (store) => store.delete(id)),
    run: () => read('run', (store) => store.get('today')),
    putRun: (login, run) => write('run', (store) => store.put({ login, run }, 'today')),
    fixes: () => read<KeptFix[]>('fixes', (store) => store.getAll()),
    putFix: (fix) => write('fixes', (store) => store.put(fix)),
    removeFixes: (times) =>
      write('fixes', (store) => {
        for (const time of times) store.delete(time);
      }),
    forget: async () => {
      await write('run', (store) => store.clear());
      await write('fixes', (store) => store.clear());
    },
  };
}
