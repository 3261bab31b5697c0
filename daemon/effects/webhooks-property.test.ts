import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mostRecorded } from '../../protocol/webhook.ts';
import { MemoryLog } from '../log/memory.ts';
import { NotTaken, type Post } from './webhook-post.ts';
import { Clock, hour, second, settled, WebhookDaemon } from './webhooks.fixture.ts';

/**
 * What happens in a story: orders are booked, the receiver fails for a while (before or after it has taken what it was
 * sent), time goes by, the file is saved, and the daemon is killed or restarted, on its own file or without one.
 */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ is: fc.constant('book' as const), count: fc.integer({ min: 1, max: 9 }) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 4000 }) }) },
  { weight: 2, arbitrary: fc.record({ is: fc.constant('fail' as const), times: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('save' as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('kill' as const), rebuilt: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('restart' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

async function story(steps: readonly Step[]) {
  const log = new MemoryLog();
  const clock = new Clock();
  const sent: string[] = [];
  let failing = 0;
  const post: Post = async (_url, headers) => {
    if (failing > 0) {
      failing--;
      throw new NotTaken('it answered 500', { status: 500 });
    }
    sent.push(headers['idempotency-key'] ?? '');
  };
  const all: WebhookDaemon[] = [];
  const begin = async (folder?: string) => {
    const one = await new WebhookDaemon({ log, clock, post, ...(folder === undefined ? {} : { folder }) }).start();
    all.push(one);
    return one;
  };
  let present = await begin();
  await present.agency();
  await present.subscribe('erp', 'http://inbox.example', ['order-booked']);
  let booked = 0;
  let kills = 0;
  for (const one of steps) {
    if (one.is === 'book') for (let i = 0; i < one.count; i++) await present.book(`o${booked++}`);
    else if (one.is === 'pass') await clock.pass(one.seconds * second);
    else if (one.is === 'fail') failing = one.times;
    else if (one.is === 'save') present.save();
    else if (one.is === 'kill') {
      kills++;
      const left = present.kill();
      present = await begin(one.rebuilt ? undefined : left);
    } else {
      await present.stop();
      present = await begin(present.folder);
    }
    await settled();
  }
  await clock.pass(4 * hour);
  const wanted: string[] = [];
  for await (const { records } of log.read(null)) {
    for (const { topic, value } of records) {
      if (topic === 'events' && value.type === 'order-booked') wanted.push(value.id);
    }
  }
  for (const one of all) await one.remove();
  return { sent, wanted, kills };
}

describe('whatever happens', () => {
  it('every event that is wanted comes at least once, in order, and twice only after a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
        const { sent, wanted, kills } = await story(steps);
        // Without what came again, it is what was wanted, in that order.
        expect([...new Set(sent)]).toEqual(wanted);
        const places = sent.map((key) => wanted.indexOf(key));
        const backwards = places.filter((place, i) => i > 0 && place <= (places[i - 1] ?? -1)).length;
        expect(backwards).toBeLessThanOrEqual(kills);
        // What comes again is what was not on record: a hundred at most for each crash.
        expect(sent.length - wanted.length).toBeLessThanOrEqual(kills * mostRecorded);
        if (kills === 0) expect(sent).toEqual(wanted);
      }),
      { numRuns: 60 },
    );
  });
});
