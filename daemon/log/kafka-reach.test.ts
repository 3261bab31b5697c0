import { describe, expect, it } from 'vitest';
import { pauseAfter, Reach } from './kafka-reach.ts';
import { WireError } from './kafka-wire.ts';

function reachAt() {
  let now = 0;
  const reach = new Reach(['a:1', 'b:2'], () => now);
  return {
    reach,
    at: (time: number) => {
      now = time;
    },
  };
}
const silence = new WireError('unreachable', 'connect ECONNREFUSED');

describe('whether brokers answer', () => {
  it('is no longer so a second after the first request that failed', () => {
    const { reach, at } = reachAt();
    at(1000);
    reach.failed(silence);
    at(1999);
    reach.failed(silence);
    expect(reach.since()).toBeUndefined();
    at(2000);
    expect(reach.since()).toBe(1000);
    expect(reach.problem()).toBe(
      'no Kafka broker answers since 1970-01-01T00:00:01.000Z; tried again at least every 500 ms: a:1, b:2 ' +
        '(connect ECONNREFUSED)',
    );
  });

  it('is so again with any answer, also a refusal of what was asked', () => {
    const { reach, at } = reachAt();
    reach.failed(silence);
    at(5000);
    reach.failed(new WireError('moved', 'not the leader'));
    expect(reach.problem()).toBeUndefined();
    reach.failed(silence);
    at(9000);
    expect(reach.since()).toBe(5000);
    reach.answered();
    expect(reach.since()).toBeUndefined();
  });

  it('says it when brokers answer but do not let us in', () => {
    const { reach, at } = reachAt();
    reach.failed(new WireError('denied', 'wrong password'));
    at(1000);
    expect(reach.problem()).toBe(
      'Kafka at a:1, b:2 refuses this daemon since 1970-01-01T00:00:00.000Z: wrong password',
    );
    reach.answered();
    expect(reach.problem()).toBeUndefined();
  });

  it('pauses for anything up to a limit that doubles and ends at half a second', () => {
    const limits = [0, 1, 2, 3, 4, 5, 60].map((failures) => pauseAfter(failures, () => 1));
    expect(limits).toEqual([100, 200, 400, 500, 500, 500, 500]);
    expect(pauseAfter(5, () => 0)).toBe(0);
    expect(pauseAfter(5, () => 0.5)).toBe(250);
  });
});
