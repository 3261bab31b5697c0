import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import type { LatLon } from '../../protocol/geo.ts';
import { baseGazetteer, type PlaceKind, type SeenPlace } from '../../protocol/place.ts';
import { fold } from '../domain/place-text.ts';
import type { Service } from '../lifecycle.ts';
import type { FoundPlace } from './place-index-file.ts';
import type { PlaceFinder, PlacesProjection } from './places.ts';

/** What the index is asked for. */
export type PlaceQuestion =
  | {
      kind: 'search';
      agency: string;
      query: string;
      limit: number;
      of: PlaceKind | undefined;
      near: LatLon | undefined;
    }
  | { kind: 'near'; agency: string; point: LatLon; limit: number; kinds: readonly PlaceKind[] | undefined }
  | { kind: 'pincode'; agency: string; pincode: string; limit: number }
  | { kind: 'named'; agency: string; name: string; state: string };

/** How far the table has come that the index is made from. */
export interface Written {
  life: string;
  change: number;
}

export type PlaceRequest =
  | { written: Written; id: number; question: PlaceQuestion }
  | { written: Written; id?: undefined }
  | 'close';

export type PlaceReply =
  | { id: number; found: FoundPlace[]; change: number }
  | { id: number; error: string }
  | { id?: undefined; change: number };

export interface PlaceThreadData {
  truth: string;
  file: string;
}

export interface PlaceIndexDeps {
  places: PlacesProjection;
  /** the file of the projections, with the table of places */
  truth: string;
  /** of the index; beside the other one unless told otherwise */
  file?: string;
  logger: Logger;
}

/**
 * Searches the gazetteer. The index and all work on it are a thread's of its own, so that neither the import of a
 * country nor a search holds up positions and commands. An answer knows everything that was written before it was asked
 * for, unless the thread is busy with more than a few thousand changes: then it is of what the index has by then.
 */
export class PlaceIndex implements Service, PlaceFinder {
  readonly name = 'place index';
  readonly #deps: PlaceIndexDeps;
  #worker: Worker | undefined;
  #exited: Promise<unknown> = Promise.resolve();
  #unlisten: (() => void) | undefined;
  #waiting = new Map<number, PromiseWithResolvers<FoundPlace[]>>();
  #lastId = 0;
  #indexed = 0;
  #problem: string | undefined;

  constructor(deps: PlaceIndexDeps) {
    this.#deps = deps;
  }

  /** To be started after the projections. */
  async start(): Promise<void> {
    const { truth, file = join(dirname(truth), 'places-index.sqlite'), places, logger } = this.#deps;
    const workerData: PlaceThreadData = { truth, file };
    const worker = new Worker(new URL('./place-index-thread.ts', import.meta.url), { workerData, name: 'place-index' });
    this.#worker = worker;
    this.#exited = new Promise((resolve) => worker.once('exit', resolve));
    worker.on('message', (reply: PlaceReply) => this.#take(reply));
    worker.on('error', (error) => {
      logger.error({ err: error }, 'the index of places has failed: no place is found until a restart');
      this.#problem = `the index of places has failed: ${(error as Error).message}`;
      this.#giveUp(error as Error);
    });
    this.#unlisten = places.onChange(() => this.#ask({ written: places.written }));
    this.#ask({ written: places.written });
  }

  async stop(): Promise<void> {
    this.#unlisten?.();
    this.#unlisten = undefined;
    this.#ask('close');
    this.#worker = undefined;
    await this.#exited;
    this.#giveUp(new Error('the index of places is closed'));
  }

  /** Changes of the table that are not in the index yet, and what is wrong with it. */
  status(): { behind: number; problem?: string } {
    const behind = Math.max(0, this.#deps.places.written.change - this.#indexed);
    return { behind, ...(this.#problem === undefined ? {} : { problem: this.#problem }) };
  }

  async search(
    agency: string,
    query: string,
    { limit, kind, near }: { limit: number; kind?: PlaceKind; near?: LatLon },
  ): Promise<SeenPlace[]> {
    const text = fold(query).slice(0, 100);
    if (text === '') return [];
    if (/^\d[\d ]{2,}$/.test(text)) return this.byPincode(agency, text, limit);
    return this.#seen(agency, await this.#find({ kind: 'search', agency, query: text, limit, of: kind, near }));
  }

  async near(
    agency: string,
    point: LatLon,
    { limit, kinds }: { limit: number; kinds?: readonly PlaceKind[] },
  ): Promise<SeenPlace[]> {
    return this.#seen(agency, await this.#find({ kind: 'near', agency, point, limit, kinds }));
  }

  async byPincode(agency: string, pincode: string, limit: number): Promise<SeenPlace[]> {
    return this.#seen(agency, await this.#find({ kind: 'pincode', agency, pincode, limit }));
  }

  async named(agency: string, name: string, state: string, removed = false): Promise<SeenPlace[]> {
    const { places } = this.#deps;
    const found = await this.#find({ kind: 'named', agency, name, state });
    return found.flatMap(({ key }) => {
      const shown = places.place(agency, key);
      if (!removed || shown !== undefined) return removed || shown === undefined ? [] : [shown];
      const [own, base] = [places.layer(agency, key), places.layer(baseGazetteer, key)];
      const place = own?.removed ? (own.place ?? base?.place) : undefined;
      return place ? [{ ...place, version: own?.version ?? 1, layer: 'own' as const }] : [];
    });
  }

  #seen(agency: string, found: readonly FoundPlace[]): SeenPlace[] {
    return found.flatMap(({ key, distance }) => {
      const place = this.#deps.places.place(agency, key);
      if (place === undefined) return [];
      return [distance === undefined ? place : { ...place, distance: Math.round(distance) }];
    });
  }

  #find(question: PlaceQuestion): Promise<FoundPlace[]> {
    const waiting = Promise.withResolvers<FoundPlace[]>();
    if (this.#worker === undefined || this.#problem !== undefined) {
      waiting.reject(new Error(this.#problem ?? 'the index of places is closed'));
      return waiting.promise;
    }
    const id = ++this.#lastId;
    this.#waiting.set(id, waiting);
    this.#ask({ written: this.#deps.places.written, id, question });
    return waiting.promise;
  }

  #ask(request: PlaceRequest): void {
    this.#worker?.postMessage(request);
  }

  #take(reply: PlaceReply): void {
    if (!('error' in reply)) this.#indexed = reply.change;
    if (reply.id === undefined) return;
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if ('error' in reply) waiting?.reject(new Error(reply.error));
    else waiting?.resolve(reply.found);
  }

  #giveUp(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
