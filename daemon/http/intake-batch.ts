import { why } from '../../protocol/refusal-text.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Input, Rejection } from '../ingest/format.ts';
import type { Intake, Outcome, Sender } from '../ingest/intake.ts';
import { Problem } from './problem.ts';

/** What a sender learns of his positions, item by item. */
export interface Answer {
  accepted: number;
  duplicates: number;
  rejected: Pick<Rejection, 'index' | 'reason' | 'detail'>[];
  ignored?: string;
}

export interface Sent {
  bytes: Uint8Array;
  /** UTC ms */
  receivedAt: number;
  via: string;
}

/** s until a client should try again: a full disk is freed by people, the others pass by themselves. */
const retryAfter = { full: '30', io: '10', closed: '3' } as const;

/** Gives a message to the pipeline; resolves when all of it is durable, throws a 503 when nothing of it was kept. */
export function keep(intake: Intake, input: Input, sender: Sender): Promise<Outcome> {
  const { agency, device, via } = sender;
  return new Promise((resolve, reject) => {
    intake.take(input, { agency, device, via }, (error, outcome) => {
      if (error === undefined) return resolve(outcome);
      const reason = why('positions-not-kept', { kind: error.kind });
      reject(new Problem(503, 'log-unavailable', reason, { headers: { 'retry-after': retryAfter[error.kind] } }));
    });
  });
}

export function answerOf(outcome: Outcome): Answer {
  const { accepted, duplicates, ignored } = outcome;
  const rejected = outcome.rejected.map(({ index, reason, detail }) => ({ index, reason, detail }));
  return { accepted, duplicates, rejected, ...(ignored === undefined ? {} : { ignored }) };
}

const maxItems = 1000;

/**
 * The positions of a service, which names the device of each. Each device's go to the pipeline as its own message, and
 * become durable on their own; after a 503 the whole batch may be sent again, what was kept counts as duplicate.
 */
export async function takeBatch(
  deps: { intake: Intake; registry: Pick<RegistryView, 'device'> },
  agency: string,
  json: unknown,
  sent: Sent,
): Promise<Answer> {
  const items: readonly unknown[] = Array.isArray(json) ? json : [json];
  if (items.length > maxItems) {
    const message = `at most ${maxItems} positions in one request, this has ${items.length}`;
    const reason = why('positions-too-many', { most: maxItems, given: items.length });
    throw new Problem(400, 'too-big', reason, { errors: [{ path: '', rule: 'maxItems', message }] });
  }
  const answer: Answer = { accepted: 0, duplicates: 0, rejected: [] };
  const places = new Map<string, number[]>();
  for (const [index, item] of items.entries()) {
    const deviceId = deviceIdOf(item);
    if (deviceId === undefined) {
      answer.rejected.push({ index, reason: 'bad-field', detail: 'deviceId is missing: a service names the device' });
    } else if (deps.registry.device(agency, deviceId)?.enabled !== true) {
      answer.rejected.push({ index, reason: 'unknown-device', detail: 'no enabled device of this id is registered' });
    } else {
      const indexes = places.get(deviceId);
      if (indexes === undefined) places.set(deviceId, [index]);
      else indexes.push(index);
    }
  }
  await Promise.all(
    [...places].map(async ([deviceId, indexes]) => {
      const device = deps.registry.device(agency, deviceId);
      if (device === undefined) return;
      const own = indexes.map((index) => items[index]);
      const bytes =
        places.size === 1 && indexes.length === items.length ? sent.bytes : Buffer.from(JSON.stringify(own));
      const input: Input = { door: 'http', subtopic: '', bytes, receivedAt: sent.receivedAt, json: own };
      const outcome = await keep(deps.intake, input, { agency, device, via: sent.via });
      answer.accepted += outcome.accepted;
      answer.duplicates += outcome.duplicates;
      for (const { index, reason, detail } of outcome.rejected) {
        answer.rejected.push({ index: indexes[index] ?? 0, reason, detail });
      }
    }),
  );
  answer.rejected.sort((a, b) => a.index - b.index);
  return answer;
}

function deviceIdOf(item: unknown): string | undefined {
  if (typeof item !== 'object' || item === null || !('deviceId' in item)) return undefined;
  return typeof item.deviceId === 'string' && item.deviceId !== '' ? item.deviceId : undefined;
}
