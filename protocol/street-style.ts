/**
 * How streets are drawn on the maps of phones: quiet, so that the van stands out. The daemon's tiles of the demo town and
 * the pages' own drawing of vector tiles look alike.
 */
export type Scheme = 'light' | 'dark';

export const schemes = {
  light: {
    outside: '#ebe8e1',
    land: '#f4f2ee',
    park: '#d5e8ca',
    water: '#b8d8ea',
    building: '#e8e3da',
    rail: '#b9b4ab',
    casing: '#d8d2c6',
    lane: '#ffffff',
    secondary: '#ffffff',
    main: '#fdeec4',
    text: '#4d4941',
    halo: '#ffffff',
  },
  dark: {
    outside: '#161a20',
    land: '#1b2027',
    park: '#1d3027',
    water: '#12303f',
    building: '#222831',
    rail: '#4a5362',
    casing: '#14171c',
    lane: '#2e3641',
    secondary: '#3a4452',
    main: '#545248',
    text: '#b6bfcb',
    halo: '#161a20',
  },
} as const satisfies Record<Scheme, Record<string, string>>;

/** Widths of streets in pixels by zoom, from 10 on; 0: not drawn yet. */
const widths = {
  lane: [0, 0, 0, 1, 2, 4, 7, 12, 20],
  secondary: [0, 1, 1, 2, 4, 7, 11, 18, 30],
  main: [1, 2, 3, 4, 6, 10, 15, 25, 40],
} as const;

export function zoomWidth(kind: keyof typeof widths, zoom: number): number {
  return widths[kind][zoom - 10] ?? 0;
}
