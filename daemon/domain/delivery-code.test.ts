import { describe, expect, it } from 'vitest';
import { endsInCheckDigit } from '../../protocol/damm.ts';
import { DeliveryCodes } from './delivery-code.ts';

const minute = 60_000;
const key = Buffer.alloc(32, 7);
const order = { id: 'o1', attempt: 1 };

/** A well-formed code that is not the one. */
function wrongCode(codes: DeliveryCodes, number = 0): string {
  const right = codes.of('demo', order);
  let found = -1;
  for (let digits = 0; ; digits++) {
    for (let last = 0; last < 10; last++) {
      const code = `${String(digits).padStart(5, '0')}${last}`;
      if (endsInCheckDigit(code) && code !== right && ++found === number) return code;
    }
  }
}

describe('a delivery code', () => {
  it('has six digits of which the last is the check digit, and is the same every time', () => {
    const codes = new DeliveryCodes(() => key);
    for (let attempt = 1; attempt < 200; attempt++) {
      const code = codes.of('demo', { id: 'o1', attempt });
      expect(code).toMatch(/^[0-9]{6}$/);
      expect(endsInCheckDigit(code)).toBe(true);
      expect(new DeliveryCodes(() => key).of('demo', { id: 'o1', attempt })).toBe(code);
    }
  });

  it('is another one for another order, attempt, agency or key', () => {
    const codes = new DeliveryCodes(() => key);
    const made = [
      codes.of('demo', order),
      codes.of('demo', { id: 'o2', attempt: 1 }),
      codes.of('demo', { id: 'o1', attempt: 2 }),
      codes.of('other', order),
      new DeliveryCodes(() => Buffer.alloc(32, 8)).of('demo', order),
    ];
    expect(new Set(made).size).toBe(5);
  });

  it('needs a key worth the name', () => {
    expect(() => new DeliveryCodes(() => Buffer.alloc(16)).of('demo', { id: 'o1', attempt: 1 })).toThrow(RangeError);
  });
});

describe('checking a code', () => {
  it('knows the right one', () => {
    const codes = new DeliveryCodes(() => key);
    expect(codes.check('demo', order, codes.of('demo', order), 0)).toEqual({ is: 'right' });
  });

  it('locks after five wrong ones for ten minutes, for the right one too', () => {
    const codes = new DeliveryCodes(() => key);
    const right = codes.of('demo', order);
    for (const left of [4, 3, 2, 1, 0]) {
      expect(codes.check('demo', order, wrongCode(codes, left), 0)).toEqual({ is: 'wrong', triesLeft: left });
    }
    expect(codes.check('demo', order, right, 10 * minute - 1)).toEqual({ is: 'locked', until: 10 * minute });
    expect(codes.check('demo', { id: 'o2', attempt: 1 }, codes.of('demo', { id: 'o2', attempt: 1 }), 0)).toEqual({
      is: 'right',
    });
    expect(codes.check('demo', order, right, 10 * minute)).toEqual({ is: 'right' });
  });

  it('takes no try for what cannot be a code', () => {
    const codes = new DeliveryCodes(() => key);
    const right = codes.of('demo', order);
    const swapped = `${right.slice(0, 5)}${(Number(right[5]) + 1) % 10}`;
    for (let i = 0; i < 20; i++) {
      for (const code of ['', '12345', '1234567', 'abcdef', '१२३४५६', swapped]) {
        expect(codes.check('demo', order, code, 0)).toEqual({ is: 'mistyped' });
      }
    }
    expect(codes.check('demo', order, right, 0)).toEqual({ is: 'right' });
  });
});
