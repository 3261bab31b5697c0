import type { InBoth } from '../../words/language.ts';

const en = {
  file: 'File',
  chooseFile: 'Choose a file',
  latitude: 'Latitude',
  longitude: 'Longitude',
  days: ['', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'],
  from: 'From',
  to: 'To',
};

const hi: typeof en = {
  file: 'फ़ाइल',
  chooseFile: 'फ़ाइल चुनें',
  latitude: 'अक्षांश',
  longitude: 'देशांतर',
  days: ['', 'सोम', 'मंगल', 'बुध', 'गुरु', 'शुक्र', 'शनि', 'रवि'],
  from: 'से',
  to: 'तक',
};

export const partsWords: InBoth<typeof en> = { en, hi };
