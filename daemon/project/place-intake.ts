import { randomUUID } from 'node:crypto';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Place, SeenPlace } from '../../protocol/place.ts';
import type { DeadLetter, LogRecord } from '../../protocol/record.ts';
import { CityFields, PincodeFields, placeOfCity, placeOfPincode } from '../domain/city-fields.ts';
import { putPlace } from '../domain/decide-place.ts';
import { firstError, type Refusal } from '../domain/decision.ts';
import type { PlaceView } from '../domain/place.ts';
import type { Log } from '../log/log.ts';
import type { BatchCommand, BatchCommands } from './batch-commands.ts';
import type { DeadLetterView } from './world.ts';

export type PlaceItemKind = 'city' | 'pincode';

/** What became of one item of a list. */
export type PlaceOutcome =
  | { kind: 'created' | 'changed' | 'unchanged'; place: SeenPlace }
  | (Refusal & { key: string })
  /** it is no city (or pincode) at all */
  | { kind: 'malformed'; detail: string };

/** Who sends places. */
export interface PlaceSender {
  agency: string;
  /** role:subject, as events name him */
  actor: string;
  subject: string;
}

/** Letters of one sender that are kept in a day; what comes beyond is only answered. */
const lettersADay = 1000;
const day = 86_400_000;

const items: Record<PlaceItemKind, { check: ReturnType<typeof compile>; place: (item: never) => Place }> = {
  city: { check: compile(CityFields), place: placeOfCity },
  pincode: { check: compile(PincodeFields), place: placeOfPincode },
};
function compile(schema: TSchema) {
  return Compile(schema);
}

/** The format under which items of places stand among the dead letters. */
const placeFormat: Record<PlaceItemKind, string> = { city: 'place-city', pincode: 'place-pincode' };

/**
 * Takes lists of places, item by item: one wrong line must not turn the others away. What is no place at all is set
 * aside as a dead letter, so that it can be looked at and, after a fix, taken once more.
 */
export class PlaceIntake {
  readonly #deps: {
    places: PlaceView;
    batch: Pick<BatchCommands, 'executeAll'>;
    log: Pick<Log, 'append'>;
    deadLetters: Pick<DeadLetterView, 'countOf'>;
    /** UTC ms */
    now: () => number;
  };

  constructor(deps: {
    places: PlaceView;
    batch: Pick<BatchCommands, 'executeAll'>;
    log: Pick<Log, 'append'>;
    deadLetters: Pick<DeadLetterView, 'countOf'>;
    now: () => number;
  }) {
    this.#deps = deps;
  }

  /**
   * Answers in the order of the items, once everything is durable. `existing`: whether a place that is there already is
   * changed or refused. Rejects with a LogError when nothing can be kept.
   */
  async take(
    kind: PlaceItemKind,
    list: readonly unknown[],
    sender: PlaceSender,
    { existing, via }: { existing: 'update' | 'refuse'; via: string },
  ): Promise<PlaceOutcome[]> {
    const { places, batch } = this.#deps;
    const outcomes: PlaceOutcome[] = new Array(list.length);
    const commands: (BatchCommand<SeenPlace> & { index: number; before: SeenPlace | undefined; key: string })[] = [];
    const letters: LogRecord[] = [];
    for (const [index, item] of list.entries()) {
      const read = readItem(kind, item);
      if ('detail' in read) {
        outcomes[index] = { kind: 'malformed', detail: read.detail };
        letters.push(...this.#letter(kind, item, read.detail, sender, via, letters.length));
        continue;
      }
      const { key } = read.place;
      const how = existing === 'update' ? 'either' : 'create';
      const decide = putPlace(places, sender.agency, read.place, how);
      commands.push({ about: key, decide, index, key, before: places.place(sender.agency, key) });
    }
    const [answers] = await Promise.all([batch.executeAll(commands, { actor: sender.actor }), this.#append(letters)]);
    for (const [i, { index, key, before }] of commands.entries()) {
      const answer = answers[i];
      if (answer === undefined) continue;
      if (!answer.ok) outcomes[index] = { ...answer, key };
      else {
        const became = before === undefined ? 'created' : answer.value === before ? 'unchanged' : 'changed';
        const same = became === 'changed' && answer.value.version === before?.version;
        outcomes[index] = { kind: same ? 'unchanged' : became, place: answer.value };
      }
    }
    return outcomes;
  }

  /** Takes a dead letter once more; undefined: it is none of a place. */
  async replay(letter: DeadLetter, agency: string, actor: string): Promise<PlaceOutcome | undefined> {
    const kind = (Object.keys(placeFormat) as PlaceItemKind[]).find((one) => placeFormat[one] === letter.format);
    if (kind === undefined) return undefined;
    const text = Buffer.from(letter.bytes, 'base64').toString();
    let item: unknown;
    try {
      item = JSON.parse(text);
    } catch {
      return { kind: 'malformed', detail: 'it is not JSON' };
    }
    const sender = { agency, actor, subject: letter.device };
    const [outcome] = await this.take(kind, [item], sender, { existing: 'update', via: letter.via });
    return outcome;
  }

  #letter(kind: PlaceItemKind, item: unknown, detail: string, sender: PlaceSender, via: string, already: number) {
    const { deadLetters, now } = this.#deps;
    const time = now();
    const device = sender.subject;
    if (deadLetters.countOf(sender.agency, device, time - day) + already >= lettersADay) return [];
    const bytes = Buffer.from(JSON.stringify(item) ?? '').subarray(0, 262_144);
    const value: DeadLetter = {
      id: randomUUID(),
      time,
      device,
      reason: 'bad-field',
      detail: detail.slice(0, 500),
      format: placeFormat[kind],
      via,
      bytes: bytes.toString('base64'),
    };
    return [{ topic: 'dead-letters' as const, agency: sender.agency, value }];
  }

  #append(records: readonly LogRecord[]): Promise<void> {
    if (records.length === 0) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#deps.log.append(records, (error) => (error === undefined ? resolve() : reject(error)));
    });
  }
}

function readItem(kind: PlaceItemKind, item: unknown): { place: Place } | { detail: string } {
  const { check, place } = items[kind];
  const wrong = firstError(check, item);
  return wrong === undefined ? { place: place(item as never) } : { detail: wrong };
}
