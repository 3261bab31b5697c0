import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AckOrder, OwedCall } from './ack-order.ts';

function owe(acks: AckOrder, answer: () => void): OwedCall {
  const owed = new OwedCall(answer);
  acks.owe(owed);
  return owed;
}

describe('AckOrder', () => {
  it('answers in the order of the messages, however they are settled', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 30 }).chain((n) =>
          fc.shuffledSubarray(
            Array.from({ length: n }, (_, i) => i),
            { minLength: n, maxLength: n },
          ),
        ),
        (order) => {
          const acks = new AckOrder();
          const answered: number[] = [];
          const owed = order.map((_, i) => owe(acks, () => answered.push(i)));
          const settled = new Set<number>();
          for (const i of order) {
            const entry = owed[i];
            if (entry !== undefined) acks.settle(entry);
            settled.add(i);
            // exactly the unbroken run of settled messages from the first on has been answered
            let run = 0;
            while (settled.has(run)) run++;
            expect(answered).toEqual(Array.from({ length: run }, (_, k) => k));
          }
          expect(acks.waiting).toBe(false);
        },
      ),
    );
  });

  it('gives no answer after it was dropped, even from within an answer', () => {
    const acks = new AckOrder();
    const answered: string[] = [];
    const first = owe(acks, () => {
      answered.push('first');
      acks.drop();
    });
    const second = owe(acks, () => answered.push('second'));
    acks.settle(second);
    acks.settle(first);
    expect(answered).toEqual(['first']);
    expect(acks.waiting).toBe(false);
  });

  it('can be owed and settled again after it ran empty', () => {
    const acks = new AckOrder();
    const answered: number[] = [];
    for (const i of [1, 2, 3]) acks.settle(owe(acks, () => answered.push(i)));
    expect(answered).toEqual([1, 2, 3]);
  });
});
