import type { Colours } from '../map/surface.ts';

/** Colours that tell several vans apart, on light and on dark ground; after the last one they begin again. */
const hex: Record<Colours, readonly string[]> = {
  light: ['#1f6feb', '#d9480f', '#14875a', '#a626a4', '#a17300', '#0b7f92', '#c2255c', '#6741d9', '#4f7a0c', '#7a5230'],
  dark: ['#5c9dff', '#ff8a4c', '#3cc88c', '#dd7bdb', '#e5b93a', '#3fc1d4', '#ff7aa5', '#a58bff', '#9fce4a', '#cfa27c'],
};

/** The colour of the van that was chosen as the `nth`. */
export function vanColour(nth: number, colours: Colours): string {
  const list = hex[colours];
  return list[nth % list.length] ?? '#1f6feb';
}

export function rgbOf(colour: string): [number, number, number] {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}
