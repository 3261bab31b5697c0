import { describe, expect, it } from 'vitest';
import { speedBands } from '../trail/trail-shapes.ts';
import { trailColours, trailCssColours } from './trail-colours.ts';

/** Relative luminance as WCAG 2 defines it. */
function luminance([red, green, blue]: readonly number[]): number {
  const linear = (value = 0) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

describe.each(['light', 'dark'] as const)('the colours of speed on %s ground', (colours) => {
  it('are one for each band', () => {
    expect(trailColours[colours]).toHaveLength(speedBands.length);
    expect(trailCssColours[colours]).toHaveLength(speedBands.length);
  });
  it('grow lighter with every step, so that no hue has to be told apart', () => {
    const steps = trailColours[colours].map((colour) => luminance([...(colour as Iterable<number>)]));
    for (let i = 1; i < steps.length; i++) expect(steps[i]).toBeGreaterThan((steps[i - 1] ?? 1) * 1.1);
  });
});
