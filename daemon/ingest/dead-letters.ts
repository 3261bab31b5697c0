import { randomUUID } from 'node:crypto';
import type { LogRecord, Reason } from '../../protocol/record.ts';
import type { Input, Rejection } from './format.ts';
import type { Sender } from './intake.ts';
import { itemsOf } from './json.ts';
import { stripCredentials } from './strip-credentials.ts';

/** A refused item and the device it is about: behind a gateway, the one the item names, once it is known. */
export interface Refused {
  rejection: Rejection;
  device: string;
}

export interface DeadLetterDeps {
  /** UTC ms */
  now: () => number;
  /** letters kept per device and UTC day; what comes above it is acknowledged and only counted */
  perDeviceAndDay: number;
  /** letters already kept since a time (UTC ms), so that a restart does not open the cap again */
  countSince?: (agency: string, device: string, since: number) => number;
}

/** bytes of what was sent that a letter keeps (`DeadLetter.bytes`) */
const longestBytes = 262_144;
const longestDetail = 500;
const day = 86_400_000;

/** Makes dead letters of what was refused: enough to see what was wrong and to try it again, and never a flood. */
export class DeadLetters {
  readonly #deps: DeadLetterDeps;
  /** letters of the present day by agency and device */
  readonly #kept = new Map<string, number>();
  #day = -1;
  /** letters made since the start, and those above the cap, for metrics */
  made = 0;
  dropped = 0;

  constructor(deps: DeadLetterDeps) {
    this.#deps = deps;
  }

  /** The records to append for the refused items of one message. */
  recordsFor(input: Input, sender: Sender, format: string, refused: readonly Refused[]): LogRecord[] {
    const records: LogRecord[] = [];
    for (const { rejection, device, bytes } of letters(input, refused)) {
      if (!this.#admits(sender.agency, device)) continue;
      const { reason, clockAhead } = rejection;
      const detail = rejection.detail.slice(0, longestDetail);
      const kept = Buffer.from(stripCredentials(bytes.subarray(0, longestBytes))).subarray(0, longestBytes);
      records.push({
        topic: 'dead-letters',
        agency: sender.agency,
        value: {
          id: randomUUID(),
          time: input.receivedAt,
          device,
          reason,
          detail,
          format,
          via: sender.via,
          bytes: kept.toString('base64'),
          ...(clockAhead === undefined ? {} : { clockAhead: Math.round(clockAhead) }),
        },
      });
    }
    return records;
  }

  #admits(agency: string, device: string): boolean {
    const { now, perDeviceAndDay, countSince } = this.#deps;
    const today = Math.floor(now() / day);
    if (today !== this.#day) {
      this.#day = today;
      this.#kept.clear();
    }
    const key = `${agency}/${device}`;
    const kept = this.#kept.get(key) ?? countSince?.(agency, device, today * day) ?? 0;
    if (kept >= perDeviceAndDay) {
      this.#kept.set(key, kept);
      this.dropped++;
      return false;
    }
    this.#kept.set(key, kept + 1);
    this.made++;
    return true;
  }
}

type Letter = Refused & { bytes: Uint8Array };

/** Reasons that no single item has: with them, everything that was sent is refused and kept. */
const ofWholeMessage: ReadonlySet<Reason> = new Set(['not-json', 'unknown-format', 'too-big', 'too-deep']);

/**
 * One letter per refused item with that item's bytes, where the payload is a list of our own kind. Where items cannot
 * be cut out (nested lists, sentences), one letter per device and reason with all of the bytes: replaying them skips
 * what is kept already, and a message of many bad items does not become as many copies of itself.
 */
function letters(input: Input, refused: readonly Refused[]): Letter[] {
  const whole = wholeOf(input);
  if (refused.length === 0) return [];
  const items = input.door === 'position' || input.door === 'http' ? itemsOf(input.bytes) : undefined;
  if (items !== undefined && items.length > 1) {
    return refused.map((one) => {
      const item = ofWholeMessage.has(one.rejection.reason) ? undefined : items[one.rejection.index];
      return { ...one, bytes: item ?? whole };
    });
  }
  if (refused.length === 1) return refused.map((one) => ({ ...one, bytes: whole }));
  const groups = Map.groupBy(refused, ({ rejection, device }) => `${rejection.reason} ${device}`);
  return [...groups.values()].map((group) => together(group, whole));
}

function together(group: readonly Refused[], bytes: Uint8Array): Letter {
  const [first, ...others] = group;
  if (first === undefined) throw new RangeError('a group has at least one item');
  if (others.length === 0) return { ...first, bytes };
  const details = group.map(({ rejection }) => `item ${rejection.index}: ${rejection.detail}`).join('; ');
  const detail = `${group.length} items refused; ${details}`;
  return { device: first.device, rejection: { ...first.rejection, detail }, bytes };
}

/** A query is kept as its text: the format that reads it reads the same from bytes. */
function wholeOf(input: Input): Uint8Array {
  if (input.bytes.length > 0 || input.query === undefined) return input.bytes;
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(input.query)) if (value !== undefined) query.append(name, value);
  return Buffer.from(query.toString());
}

/** For metrics: how often each reason was met. */
export type ReasonCounts = Partial<Record<Reason, number>>;
