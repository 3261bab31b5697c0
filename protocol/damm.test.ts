import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDigit, endsInCheckDigit } from './damm.ts';

const digits = fc.stringMatching(/^[0-9]{1,12}$/);

describe("Damm's check digit", () => {
  it('is 4 for 572, as in the published example', () => {
    expect(checkDigit('572')).toBe(4);
    expect(endsInCheckDigit('5724')).toBe(true);
    expect(endsInCheckDigit('5723')).toBe(false);
  });

  it('finds every single wrong digit', () => {
    fc.assert(
      fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (number, at, step) => {
        const whole = `${number}${checkDigit(number)}`;
        const place = at % whole.length;
        const wrong = (Number(whole[place]) + step) % 10;
        expect(endsInCheckDigit(whole)).toBe(true);
        expect(endsInCheckDigit(`${whole.slice(0, place)}${wrong}${whole.slice(place + 1)}`)).toBe(false);
      }),
    );
  });

  it('finds every exchange of two neighbours', () => {
    fc.assert(
      fc.property(digits, fc.nat(), (number, at) => {
        const whole = `${number}${checkDigit(number)}`;
        const place = at % (whole.length - 1);
        const [a = '', b = ''] = whole.slice(place, place + 2);
        fc.pre(a !== b);
        expect(endsInCheckDigit(`${whole.slice(0, place)}${b}${a}${whole.slice(place + 2)}`)).toBe(false);
      }),
    );
  });

  it('is of digits alone', () => {
    expect(() => checkDigit('12a')).toThrow(RangeError);
    for (const text of ['', '0', '12a4', ' 5724', '5724\n', '५७२४']) expect(endsInCheckDigit(text)).toBe(false);
  });
});
