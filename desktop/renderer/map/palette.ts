/** The colours of the built-in base maps: quiet, so that vans stand out, in a light and a dark edition. */
export interface Palette {
  land: string;
  outside: string;
  water: string;
  waterLine: string;
  waterText: string;
  park: string;
  parkText: string;
  building: string;
  buildingLine: string;
  rail: string;
  railTie: string;
  lane: string;
  secondary: string;
  main: string;
  laneCasing: string;
  mainCasing: string;
  text: string;
  districtText: string;
  placeText: string;
  halo: string;
}

export const palettes: Record<'light' | 'dark', Palette> = {
  light: {
    land: '#f4f2ee',
    outside: '#ebe8e1',
    water: '#b8d8ea',
    waterLine: '#a3c9df',
    waterText: '#3f6f8c',
    park: '#d5e8ca',
    parkText: '#4a7140',
    building: '#e8e3da',
    buildingLine: '#ded8cc',
    rail: '#b9b4ab',
    railTie: '#f4f2ee',
    lane: '#ffffff',
    secondary: '#ffffff',
    main: '#fdeec4',
    laneCasing: '#dfdad0',
    mainCasing: '#e2c98a',
    text: '#57534b',
    districtText: '#6a6459',
    placeText: '#7a4b2a',
    halo: '#ffffff',
  },
  dark: {
    land: '#1b2027',
    outside: '#161a20',
    water: '#12303f',
    waterLine: '#184052',
    waterText: '#6fa6c2',
    park: '#1d3027',
    parkText: '#7fa98a',
    building: '#222831',
    buildingLine: '#2a313b',
    rail: '#4a5362',
    railTie: '#1b2027',
    lane: '#2e3641',
    secondary: '#353e4b',
    main: '#4a4a45',
    laneCasing: '#161a20',
    mainCasing: '#14171c',
    text: '#a9b2bf',
    districtText: '#b6bfcb',
    placeText: '#cfa98a',
    halo: '#161a20',
  },
};
