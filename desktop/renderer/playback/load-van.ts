import { ChunkSplitter } from '../../../protocol/chunk-stream.ts';
import type { Stretch } from '../../shared/bridge.ts';
import type { Desk } from '../desk.ts';
import type { Session } from '../session.ts';
import {
  factsOf,
  idleStretches,
  type PlayedFact,
  type PlayedTotals,
  readFacts,
  readTotals,
  totalsOf,
} from './motion-facts.ts';
import { type PlayedTrail, TrailBuilder } from './played-trail.ts';

/** All that is played of one van. */
export interface PlayedVan {
  id: string;
  trail: PlayedTrail;
  facts: readonly PlayedFact[];
  totals: PlayedTotals;
  /** when nothing happens to it, in order */
  idle: readonly Stretch[];
  /** trips and stops are worked out here, from the fixes alone: the daemon did not answer */
  isOwnReckoning: boolean;
  /** it is what this computer has, and some of the period is not here: why the rest did not come */
  partial?: string;
}

export interface LoadDeps {
  session: Pick<Session, 'read' | 'fetch'>;
  /** the desktop app, whose cache is read first */
  desk?: Pick<Desk, 'ask'> | undefined;
}

interface Loading {
  vanId: string;
  period: Stretch;
  signal: AbortSignal;
  /** part of the period that is here, 0-1 */
  onProgress: (part: number) => void;
}

/** Loads what a van did. Rejects where there is nothing to show. */
export async function loadVan(deps: LoadDeps, loading: Loading): Promise<PlayedVan> {
  const { vanId, period, signal } = loading;
  const motion = readMotion(deps.session, vanId, period, signal).catch(() => undefined);
  const { trail, partial } = await readTrail(deps, loading);
  const told = await motion;
  const facts = told?.facts ?? factsOf(trail);
  return {
    id: vanId,
    trail,
    facts,
    totals: told?.totals ?? totalsOf(facts),
    idle: idleStretches(trail, facts, period),
    isOwnReckoning: told === undefined,
    ...(partial === undefined ? {} : { partial }),
  };
}

async function readTrail(deps: LoadDeps, loading: Loading): Promise<{ trail: PlayedTrail; partial?: string }> {
  const { vanId, period, signal } = loading;
  const ask = deps.desk?.ask;
  const own = await ask?.('cache.trail', { vanId, ...period }).catch(() => undefined);
  signal.throwIfAborted();
  // Without a cache that can be read, as in a browser: all of it from the daemon.
  if (ask === undefined || own === undefined) return { trail: await fetchTrail(deps.session, loading) };
  if (own.missing.length === 0) return { trail: built(own.chunks, period) };
  try {
    await ask('cache.fill', { vanId, ...period });
    signal.throwIfAborted();
    const filled = await ask('cache.trail', { vanId, ...period });
    return { trail: built(filled.chunks, period) };
  } catch (error) {
    signal.throwIfAborted();
    const trail = built(own.chunks, period);
    if (trail.times.length === 0) throw error;
    return { trail, partial: (error as Error).message };
  }
}

function built(chunks: readonly Uint8Array[], period: Stretch): PlayedTrail {
  const builder = new TrailBuilder(period);
  for (const chunk of chunks) builder.add(chunk);
  return builder.finish();
}

/** The way to a trail as the daemon gives it. */
export const trailPath = (vanId: string, { from, to }: Stretch, format: string): string =>
  `/api/vans/${encodeURIComponent(vanId)}/trail?format=${format}&from=${from}&to=${to}`;

/** Reads the answer while it arrives: oldest first, so that the newest fix says how much of the period is here. */
async function fetchTrail(session: LoadDeps['session'], loading: Loading): Promise<PlayedTrail> {
  const { vanId, period, signal, onProgress } = loading;
  const answer = await session.fetch(trailPath(vanId, period, 'chunks'), signal);
  const builder = new TrailBuilder(period);
  const splitter = new ChunkSplitter();
  const reader = answer.body?.getReader();
  for (;;) {
    const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
    if (done || value === undefined) break;
    for (const chunk of splitter.push(value)) builder.add(chunk);
    onProgress((builder.reached - period.from) / (period.to - period.from));
  }
  splitter.end();
  return builder.finish();
}

async function readMotion(
  session: LoadDeps['session'],
  vanId: string,
  period: Stretch,
  signal: AbortSignal,
): Promise<{ facts: PlayedFact[]; totals: PlayedTotals }> {
  const [facts, days] = await Promise.all([
    readAll(session, vanId, 'trips', period, signal),
    readAll(session, vanId, 'days', period, signal),
  ]);
  return { facts: readFacts(facts, period), totals: readTotals(days) };
}

/** Every page of a list. */
async function readAll(
  session: LoadDeps['session'],
  vanId: string,
  what: 'trips' | 'days',
  { from, to }: Stretch,
  signal: AbortSignal,
): Promise<unknown[]> {
  const items: unknown[] = [];
  for (let cursor = ''; ; ) {
    const path = `/api/vans/${encodeURIComponent(vanId)}/${what}?from=${from}&to=${to}${cursor}`;
    const page = (await session.read(path, signal)) as { items: unknown[]; next: string | null };
    items.push(...page.items);
    if (page.next === null) return items;
    cursor = `&cursor=${encodeURIComponent(page.next)}`;
  }
}
