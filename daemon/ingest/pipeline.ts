import type { Fix, Position } from '../../protocol/position.ts';
import type { DeadLetter, LogRecord } from '../../protocol/record.ts';
import type { Device } from '../../protocol/registry.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Log, LogError } from '../log/log.ts';
import { admit } from './admit.ts';
import { DeadLetters, type ReasonCounts, type Refused } from './dead-letters.ts';
import { decode } from './decode.ts';
import type { Input, Rejection } from './format.ts';
import type { Intake, Outcome, Sender } from './intake.ts';
import { readTopic } from './mqtt-topics.ts';
import { readVia } from './source-via.ts';

export interface PipelineDeps {
  log: Pick<Log, 'append'>;
  registry: Pick<RegistryView, 'device' | 'credential'>;
  /** whether a fix is kept already; a race with one in flight is harmless, since the trail is unique by itself */
  hasFix?: (agency: string, device: string, fixTime: number) => boolean;
  /** told of every fix that is turned away because it is kept already */
  onDuplicate?: (agency: string, device: string) => void;
  /** dead letters of a device since a time (UTC ms) */
  countDeadLetters?: (agency: string, device: string, since: number) => number;
  /** UTC ms */
  now?: () => number;
  /** ms; fixes older than this are refused */
  trailsKeptMs?: number;
  deadLettersPerDeviceAndDay?: number;
}

/** What the pipeline counts, for metrics. */
export interface PipelineCounts {
  accepted: number;
  duplicates: number;
  ignored: number;
  /** messages that were handed back because the log could not keep them */
  unkept: number;
  /** refused items, by reason */
  rejected: Readonly<ReasonCounts>;
  /** dead letters made of refused items */
  letters: number;
  /** refused items that were not kept as dead letters, because their device had too many */
  lettersDropped: number;
}

type Settled = (error: LogError | undefined, outcome: Outcome) => void;

/** Shared, since one of them is made for nearly every message. */
const oneAccepted: Outcome = Object.freeze({ accepted: 1, duplicates: 0, rejected: Object.freeze([]) });
const noneKept: Outcome = Object.freeze({ accepted: 0, duplicates: 0, rejected: Object.freeze([]) });

const threeYears = 3 * 366 * 86_400_000;

/**
 * The one way in. Every message of every door passes these steps, in this order, in one go:
 *
 *   decode → whose fix → admit → new? → log (positions and dead letters of one message together, or nothing)
 */
export class Pipeline implements Intake {
  readonly #log: Pick<Log, 'append'>;
  readonly #registry: PipelineDeps['registry'];
  readonly #hasFix: PipelineDeps['hasFix'];
  readonly #onDuplicate: PipelineDeps['onDuplicate'];
  readonly #now: () => number;
  readonly #trailsKeptMs: number;
  readonly #deadLetters: DeadLetters;
  readonly #rejected: ReasonCounts = {};
  #accepted = 0;
  #duplicates = 0;
  #ignored = 0;
  #unkept = 0;

  constructor(deps: PipelineDeps) {
    this.#log = deps.log;
    this.#registry = deps.registry;
    this.#hasFix = deps.hasFix;
    this.#onDuplicate = deps.onDuplicate;
    this.#now = deps.now ?? Date.now;
    this.#trailsKeptMs = deps.trailsKeptMs ?? threeYears;
    this.#deadLetters = new DeadLetters({
      now: this.#now,
      perDeviceAndDay: deps.deadLettersPerDeviceAndDay ?? 1000,
      ...(deps.countDeadLetters === undefined ? {} : { countSince: deps.countDeadLetters }),
    });
  }

  take(input: Input, sender: Sender, settled: Settled): void {
    const read = decode(input);
    const { agency } = sender;
    const now = this.#now();
    const limits = { now, oldest: now - this.#trailsKeptMs };
    const records: LogRecord[] = [];
    // Nearly every message is one good fix: what the others need is made only for them.
    let refused: Refused[] | undefined;
    if (read.rejected.length > 0) refused = read.rejected.map((one) => refusal(one, sender.device.id));
    const seen = read.fixes.length > 1 ? new Set<string>() : undefined;
    let duplicates = 0;
    for (let at = 0; at < read.fixes.length; at++) {
      const fix = read.fixes[at] as Fix;
      const index = read.indexes?.[at] ?? at;
      const device = fix.deviceId === undefined ? sender.device : this.#named(fix.deviceId, sender);
      if (device === undefined) {
        refused ??= [];
        refused.push(refusal(unknown(index, fix.deviceId, sender.device), sender.device.id));
        continue;
      }
      const admitted = admit(fix, limits, index);
      if (!admitted.ok) {
        const { ok: _, ...rejection } = admitted;
        refused ??= [];
        refused.push(refusal(rejection, device.id));
        continue;
      }
      const { fixTime } = admitted.fix;
      const key = seen === undefined ? '' : `${fixTime} ${device.id}`;
      if (seen?.has(key) || this.#isKept(agency, device.id, fixTime)) {
        duplicates++;
        this.#onDuplicate?.(agency, device.id);
        continue;
      }
      seen?.add(key);
      records.push({ topic: 'positions', agency, value: positionOf(device.id, input.receivedAt, admitted.fix) });
    }

    const accepted = records.length;
    let outcome = oneAccepted;
    if (refused !== undefined) {
      refused.sort((a, b) => a.rejection.index - b.rejection.index);
      records.push(...this.#deadLetters.recordsFor(input, sender, read.format, refused));
      outcome = { accepted, duplicates, rejected: refused.map(({ rejection }) => rejection) };
    } else if (accepted !== 1 || duplicates > 0) outcome = { accepted, duplicates, rejected: [] };
    if (read.ignored !== undefined) outcome = { ...outcome, ignored: read.ignored };
    if (records.length === 0) {
      this.#count(outcome);
      settled(undefined, outcome);
      return;
    }
    this.#log.append(records, (error) => {
      if (error === undefined) this.#count(outcome);
      else this.#unkept++;
      settled(error, error === undefined ? outcome : noneKept);
    });
  }

  /**
   * Takes the bytes of a dead letter once more, as they came and when they came. `sender` is the device of the letter.
   * What is still refused becomes a new dead letter.
   */
  replay(letter: DeadLetter, sender: Omit<Sender, 'via'>, settled: Settled): void {
    const bytes = Buffer.from(letter.bytes, 'base64');
    this.take({ ...doorOf(letter.via), bytes, receivedAt: letter.time }, { ...sender, via: letter.via }, settled);
  }

  counts(): PipelineCounts {
    return {
      accepted: this.#accepted,
      duplicates: this.#duplicates,
      ignored: this.#ignored,
      unkept: this.#unkept,
      rejected: { ...this.#rejected },
      letters: this.#deadLetters.made,
      lettersDropped: this.#deadLetters.dropped,
    };
  }

  #isKept(agency: string, device: string, fixTime: number): boolean {
    if (this.#hasFix === undefined) return false;
    try {
      return this.#hasFix(agency, device, fixTime);
    } catch {
      // Trails that cannot be read are reported where they are kept; a fix kept twice in the log changes nothing.
      return false;
    }
  }

  /** The device a fix names: the sender itself, or one that is registered behind it. By id, or by user name (IMEI). */
  #named(name: string, { agency, device: sender }: Sender): Device | undefined {
    if (name === sender.id || name === sender.username) return sender;
    const device = this.#registry.device(agency, name) ?? this.#byUsername(agency, name);
    return device?.gatewayId === sender.id && device.enabled ? device : undefined;
  }

  #byUsername(agency: string, username: string): Device | undefined {
    const credential = this.#registry.credential(username);
    return credential?.agency === agency ? this.#registry.device(agency, credential.deviceId) : undefined;
  }

  #count(outcome: Outcome): void {
    this.#accepted += outcome.accepted;
    this.#duplicates += outcome.duplicates;
    if (outcome.ignored !== undefined) this.#ignored++;
    for (const { reason } of outcome.rejected) this.#rejected[reason] = (this.#rejected[reason] ?? 0) + 1;
  }
}

const refusal = (rejection: Rejection, device: string): Refused => ({ rejection, device });

function unknown(index: number, name: string | undefined, sender: Device): Rejection {
  const behind = sender.type === 'gateway' ? `behind gateway ${sender.id}` : `that ${sender.id} may speak for`;
  return { index, reason: 'unknown-device', detail: `no enabled device ${name} is registered ${behind}` };
}

/** Always the same fields in the same order: few hidden classes for the engine, and records that compress well. */
function positionOf(device: string, receivedAt: number, fix: Fix): Position {
  const position: Position = {
    device,
    fixTime: fix.fixTime,
    receivedAt,
    latitude: fix.latitude,
    longitude: fix.longitude,
  };
  if (fix.speed !== undefined) position.speed = fix.speed;
  if (fix.course !== undefined) position.course = fix.course;
  if (fix.altitude !== undefined) position.altitude = fix.altitude;
  if (fix.accuracy !== undefined) position.accuracy = fix.accuracy;
  if (fix.battery !== undefined) position.battery = fix.battery;
  if (fix.ignition !== undefined) position.ignition = fix.ignition;
  return position;
}

/** The door behind an MQTT topic, an HTTP route or another system's topic, as dead letters name them. */
function doorOf(via: string): Pick<Input, 'door' | 'subtopic' | 'source'> {
  const read = readVia(via);
  if (read !== undefined) return read;
  const target = readTopic(via.split('/')[1] ?? '', via);
  if (target !== undefined) return target;
  if (via.includes('/osmand')) return { door: 'osmand', subtopic: '' };
  if (via.includes('/owntracks')) return { door: 'owntracks', subtopic: '' };
  return { door: 'http', subtopic: '' };
}
