import type { FeedConsumer, FeedVan } from '../../../protocol/feed.ts';
import { decodePositions, type FramePosition } from '../../../protocol/feed-frame.ts';
import type { FeedBatch, Found, KeptMessage } from '../../shared/bridge.ts';
import type { Things } from './things.ts';
import type { Trails } from './trails.ts';

type Kind = Found['kind'];
const kinds: readonly string[] = ['van', 'consumer', 'order', 'alert'] satisfies Kind[];

/** Puts what a page heard from the feed into things and trails. */
export class Heard {
  #things: Things;
  #trails: Trails;
  /** last positions that are only in memory, by `kind/id` */
  #spots = new Map<string, object>();
  /** what the snapshot being received has named; undefined outside of one */
  #named: Record<Kind, Set<string>> | undefined;
  /** the agency as it was last told, JSON text */
  agency: string | undefined;

  constructor(things: Things, trails: Trails) {
    this.#things = things;
    this.#trails = trails;
  }

  /** Another connection: a snapshot that was not complete is none. */
  connected(): void {
    this.#named = undefined;
  }

  /** Throws when a message is none of the feed's. */
  take(batch: FeedBatch): void {
    for (const text of batch.messages) this.#message(JSON.parse(text) as KeptMessage, batch.at);
    for (const frame of batch.positions) {
      for (const { index, ...position } of decodePositions(frame).positions) {
        const subject = batch.subjects[index];
        if (subject === undefined) throw new RangeError(`the batch does not say whose position ${index} is`);
        this.#position(subject, position, batch.at);
      }
    }
  }

  /** Writes the last positions; within a transaction of the caller's. */
  write(): void {
    for (const [subject, position] of this.#spots) {
      const [kind, id] = split(subject);
      this.#things.spot(kind, id, position);
    }
    this.#spots.clear();
  }

  giveUp(): void {
    this.#spots.clear();
    this.#named = undefined;
  }

  #message(message: KeptMessage, at: number): void {
    switch (message.type) {
      case 'welcome':
        this.agency = JSON.stringify(message.agency);
        return;
      case 'snapshot':
        if (message.page === 0) {
          this.#named = { van: new Set(), consumer: new Set(), order: new Set(), alert: new Set() };
        }
        for (const each of message.vans) this.#van(each, at);
        for (const each of message.consumers) this.#consumer(each, at);
        for (const { order } of message.orders ?? []) this.#thing('order', order, at);
        for (const { alert } of message.alerts ?? []) this.#thing('alert', alert, at);
        if (message.last) this.#dropUnnamed();
        return;
      case 'gone':
        if (kinds.includes(message.kind)) this.#gone(message.kind as Kind, message.subject);
        return;
      case 'event': {
        if (message.name === 'van') this.#van(message, at);
        else if (message.name === 'consumer') this.#consumer(message, at);
        else if (kinds.includes(message.name)) {
          // Whatever else is told of by an id is kept as it is: orders now, and what comes after them.
          const thing = (message as unknown as Record<string, unknown>)[message.name];
          if (isThing(thing)) this.#thing(message.name as Kind, thing, at);
        }
        return;
      }
    }
  }

  #van({ van, position, interval }: FeedVan, at: number): void {
    this.#thing('van', van, at);
    if (interval !== undefined) this.#trails.interval(van.id, interval);
    if (position === null) return;
    this.#spots.set(`van/${van.id}`, position);
    this.#trails.live(van.id, position, at);
  }

  #consumer({ consumer, position }: FeedConsumer, at: number): void {
    this.#thing('consumer', consumer, at);
    this.#spots.delete(`consumer/${consumer.id}`);
    this.#things.spot('consumer', consumer.id, position);
  }

  #position(subject: string, position: Omit<FramePosition, 'index'>, at: number): void {
    const [kind, id] = split(subject);
    if (kind !== 'van' && kind !== 'consumer') throw new RangeError(`'${subject}' has no position`);
    this.#spots.set(subject, position);
    if (kind === 'van') this.#trails.live(id, position, at);
  }

  #thing(kind: Kind, thing: { id: string }, at: number): void {
    this.#named?.[kind].add(thing.id);
    this.#things.put(kind, thing.id, { ...thing }, at);
  }

  #gone(kind: Kind, id: string): void {
    this.#things.remove(kind, id);
    this.#spots.delete(`${kind}/${id}`);
    if (kind === 'van') this.#trails.forget(id);
  }

  /**
   * What a whole snapshot does not name may not be seen any more. What has ended is the exception: of orders a snapshot
   * has those of the last days, of alerts none that has closed.
   */
  #dropUnnamed(): void {
    const named = this.#named;
    this.#named = undefined;
    if (named === undefined) return;
    for (const kind of ['van', 'consumer', 'order', 'alert'] as const) {
      for (const { id, ended } of this.#things.ids(kind)) {
        if (!named[kind].has(id) && ended === null) this.#gone(kind, id);
      }
    }
  }
}

function isThing(value: unknown): value is { id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}

function split(subject: string): [Kind, string] {
  const slash = subject.indexOf('/');
  return [subject.slice(0, slash) as Kind, subject.slice(slash + 1)];
}
