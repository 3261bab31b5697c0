import type { Color } from '@deck.gl/core';
import type { Colours } from './surface.ts';

/**
 * Speed as colour, slow to fast, six bands. Cut from the `plasma` ramp: its lightness grows with every step, so it
 * reads the same for people who do not tell red from green, and in grey print. On dark ground it starts lighter, on
 * light ground it ends darker, so that both ends stand out.
 */
const hex: Record<Colours, readonly string[]> = {
  light: ['#3b0a8f', '#7a04a8', '#b12a90', '#d8576b', '#ee7b3d', '#f2a007'],
  dark: ['#7d45f2', '#b657d8', '#d6609f', '#ea7b6b', '#f5a04a', '#fbd524'],
};

/** The same colours for style sheets. */
export const trailCssColours = hex;

export const trailColours: Record<Colours, readonly Color[]> = {
  light: hex.light.map(rgb),
  dark: hex.dark.map(rgb),
};

export const casing: Record<Colours, Color> = { light: [255, 255, 255, 235], dark: [12, 15, 20, 235] };

function rgb(colour: string): Color {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255, 255];
}
