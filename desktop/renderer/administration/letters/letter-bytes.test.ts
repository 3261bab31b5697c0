import { expect, it } from 'vitest';
import { bytesOf, hexOf, textOf } from './letter-bytes.ts';

const bytes = (text: string) => bytesOf(Buffer.from(text).toString('base64'));

it('shows JSON laid out, other text as it is, and no text for bytes that are none', () => {
  expect(textOf(bytes('{"lat":"x"}'))).toBe('{\n  "lat": "x"\n}');
  expect(textOf(bytes('$GPRMC,1*6A\r\n'))).toBe('$GPRMC,1*6A\r\n');
  expect(textOf(bytes('नमस्ते'))).toBe('नमस्ते');
  expect(textOf(bytesOf(Buffer.from([0xff, 0xfe, 0x00]).toString('base64')))).toBeUndefined();
  expect(textOf(bytesOf(Buffer.from([0x7b, 0x00, 0x01]).toString('base64')))).toBeUndefined();
});

it('writes bytes in lines of sixteen, with the letters beside them', () => {
  const lines = hexOf(bytes('0123456789abcdefXY\n')).split('\n');
  expect(lines[0]).toBe('00000000  30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66  0123456789abcdef');
  expect(lines[1]).toMatch(/^00000010 {2}58 59 0a {40,}XY\.$/);
});
