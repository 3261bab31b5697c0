import { afterEach, expect, it, vi } from 'vitest';
import { silent } from './kafka.fixture.ts';
import { ScriptedBroker } from './kafka-lanes.fixture.ts';
import { KafkaLogOn } from './kafka-log.ts';
import type { TopicPlan } from './kafka-topics.ts';
import type { Part, Wire } from './kafka-wire.ts';

afterEach(() => {
  vi.useRealTimers();
});

/** A broker that answers how far the log reaches when a test lets it. */
class SilentBroker extends ScriptedBroker {
  asked = 0;
  answer: () => void = () => {};
  isSilent = false;

  override async ends(): ReturnType<Wire['ends']> {
    this.asked++;
    if (this.isSilent) {
      await new Promise<void>((resolve) => {
        this.answer = resolve;
      });
    }
    const none = this.written.map(() => 0);
    return { first: none, next: none };
  }
}

it('asks a silent broker one question at a time how far the log reaches', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const wires: SilentBroker[] = [];
  const client = {
    prepare: async (plans: readonly TopicPlan[]) => ({ partitions: plans.map(() => 1), epoch: 'one' }),
    wire: (parts: readonly Part[]) => {
      const wire = new SilentBroker(parts.length);
      wires.push(wire);
      return wire;
    },
  };
  const log = new KafkaLogOn({ brokers: [], logger: silent, prefix: 'test', partitions: 1, replication: 1 }, client);
  await log.start();
  const reader = wires.find(({ asked }) => asked > 0) as SilentBroker;
  expect(reader.asked).toBe(1);
  reader.isSilent = true;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(reader.asked).toBe(2);
  reader.answer();
  await vi.advanceTimersByTimeAsync(2000);
  expect(reader.asked).toBe(3);
  await log.stop();
});
