import type { FeedBatch, Stretch, Thing } from '../../shared/bridge.ts';
import type { TrailCache } from './cache.ts';
import type { Limits } from './retention.ts';

/** What main asks the process of the cache, with what it gives and what it gets. */
export interface CacheCalls {
  /** answers the daemon's clock at the last word from it, UTC ms; nothing that takes longer in a larger cache */
  open: { input: { folder: string; limits: Limits }; output: { asOf: number | undefined } };
  close: { input: { remove: boolean }; output: null };
  take: { input: FeedBatch; output: null };
  picture: { input: { after: string | undefined }; output: ReturnType<TrailCache['picture']> };
  trail: { input: { vanId: string } & Stretch; output: ReturnType<TrailCache['trail']> };
  missing: { input: { vanId: string } & Stretch; output: Stretch[] };
  keep: { input: { vanId: string; asked: Stretch; chunks: Uint8Array[]; askedAt: number }; output: number };
  search: { input: { text: string; limit: number }; output: ReturnType<TrailCache['search']> };
  find: { input: { kind: 'van' | 'consumer' | 'order' | 'alert'; id: string }; output: ReturnType<TrailCache['find']> };
  facts: { input: null; output: ReturnType<TrailCache['facts']> };
  vans: { input: null; output: string[] };
  'add-note': { input: { about: Thing; text: string }; output: ReturnType<TrailCache['addNote']> };
  notes: { input: null; output: ReturnType<TrailCache['waitingNotes']> };
  'remove-note': { input: { id: number }; output: boolean };
}
export type CacheCall = keyof CacheCalls;

/** Main → cache. */
export interface Question {
  id: number;
  call: CacheCall;
  input: unknown;
}

/** Cache → main: an answer, or something a person should know. */
export type CacheMessage =
  | { id: number; ok: true; value: unknown }
  | { id: number; ok: false; error: { name: string; message: string } }
  | { notice: CacheNotice };

/** What a person should know. The words are main's, which knows the language. */
export type CacheNotice =
  | { key: 'cache-full' | 'cache-writes' | 'cache-piece' }
  /** `newer`: by a newer app, not by a disk */
  | { key: 'cache-damaged'; newer: boolean }
  /** this computer's clock is so far behind the daemon's */
  | { key: 'clock'; minutes: number };
