import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodePolyline, encodePolyline } from './polyline.ts';

describe('a polyline', () => {
  it('is the one of the description of the format', () => {
    const text = '_p~iF~ps|U_ulLnnqC_mqNvxq`@';
    const points = [
      { latitude: 38.5, longitude: -120.2 },
      { latitude: 40.7, longitude: -120.95 },
      { latitude: 43.252, longitude: -126.453 },
    ];
    expect(decodePolyline(text, 5)).toEqual(points);
    expect(encodePolyline(points, 5)).toBe(text);
  });

  it('of six decimals is the one of Valhalla', () => {
    // as its service answered a question about two places in the demo town
    const line = decodePolyline('ii{ig@qlj|tCvTw`@nBoCfDm@', 6);
    expect(line.slice(0, 2)).toEqual([
      { latitude: 21.149861, longitude: 78.599897 },
      { latitude: 21.149513, longitude: 78.600437 },
    ]);
  });

  it('comes back as it went, from anywhere to anywhere', () => {
    const degree = (most: number) => fc.integer({ min: -most * 1e6, max: most * 1e6 }).map((n) => n / 1e6 + 0);
    const points = fc.array(fc.record({ latitude: degree(90), longitude: degree(180) }));
    fc.assert(fc.property(points, (line) => void expect(decodePolyline(encodePolyline(line, 6), 6)).toEqual(line)));
  });

  it.each(['_p~iF', '\u0001', '_', '~~~~~~~~~~~~', 'é?', '_ibE_ibE_seK_seK_seK_seK~~~~~F?'])('is not %j', (text) => {
    expect(() => decodePolyline(text, 5)).toThrow(/polyline/);
  });

  it('is read or refused, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
        let points: ReturnType<typeof decodePolyline> = [];
        try {
          points = decodePolyline(text, 6);
        } catch (error) {
          expect(String(error)).toContain('polyline');
        }
        for (const { latitude, longitude } of points) {
          expect(Math.abs(latitude)).toBeLessThanOrEqual(90);
          expect(Math.abs(longitude)).toBeLessThanOrEqual(180);
        }
      }),
    );
  });
});
