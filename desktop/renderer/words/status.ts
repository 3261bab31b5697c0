import type { VanStatus } from '../../../protocol/status.ts';
import type { InBoth } from './language.ts';

const en = {
  status: {
    moving: 'Moving',
    stopped: 'Stopped',
    silent: 'Silent',
    new: 'New',
  } satisfies Record<VanStatus, string>,
  statusMeaning: {
    moving: 'Reporting, and faster than walking pace',
    stopped: 'Reporting, and standing still',
    silent: 'Has not reported for longer than it usually does',
    new: 'Registered, but no position has ever arrived',
  } satisfies Record<VanStatus, string>,
  all: 'All',
  ago: {
    now: 'just now',
    seconds: (n: number) => `${n} s ago`,
    minutes: (n: number) => `${n} min ago`,
    hours: (n: number) => `${n} h ago`,
    days: (n: number) => (n === 1 ? '1 day ago' : `${n} days ago`),
  },
  lasting: {
    seconds: (n: number) => `${n} s`,
    minutes: (n: number) => `${n} min`,
    hours: (n: number) => `${n} h`,
    days: (n: number) => (n === 1 ? '1 day' : `${n} days`),
  },
  courses: ['north', 'north-east', 'east', 'south-east', 'south', 'south-west', 'west', 'north-west'],
  unknown: 'not reported',
  kmh: 'km/h',
};

const hi: typeof en = {
  status: {
    moving: 'चल रही',
    stopped: 'रुकी',
    silent: 'चुप',
    new: 'नई',
  },
  statusMeaning: {
    moving: 'स्थिति आ रही है, पैदल चाल से तेज़',
    stopped: 'स्थिति आ रही है, एक जगह खड़ी है',
    silent: 'सामान्य से ज़्यादा समय से कोई स्थिति नहीं आई',
    new: 'दर्ज है, पर अब तक कोई स्थिति नहीं आई',
  },
  all: 'सभी',
  ago: {
    now: 'अभी-अभी',
    seconds: (n: number) => `${n} से. पहले`,
    minutes: (n: number) => `${n} मिनट पहले`,
    hours: (n: number) => `${n} घंटे पहले`,
    days: (n: number) => `${n} दिन पहले`,
  },
  lasting: {
    seconds: (n: number) => `${n} से.`,
    minutes: (n: number) => `${n} मिनट`,
    hours: (n: number) => `${n} घंटे`,
    days: (n: number) => `${n} दिन`,
  },
  courses: ['उत्तर', 'उत्तर-पूर्व', 'पूर्व', 'दक्षिण-पूर्व', 'दक्षिण', 'दक्षिण-पश्चिम', 'पश्चिम', 'उत्तर-पश्चिम'],
  unknown: 'जानकारी नहीं',
  kmh: 'किमी/घं',
};

export const statusWords: InBoth<typeof en> = { en, hi };
