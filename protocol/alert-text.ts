import type { AlertParams } from './alert.ts';

/**
 * The lines of alerts: what is wrong and why, with numbers, in English and Hindi. A line names its params in braces,
 * with how they are written:
 *
 *   {van}            as it is
 *   {since:time}     14:05, with the day where it is not today's; UTC ms, in the agency's time zone
 *   {limit:span}     45 s · 6 min · 2 h 30 min; ms
 */
export const alertLines = {
  silent: {
    en: '{van}: silent since {since:time}; it is usually heard every {every:span}',
    hi: '{van}: {since:time} से चुप; आम तौर पर हर {every:span} पर सूचना आती है',
  },
  'silent-unknown': {
    en: '{van}: silent since {since:time}',
    hi: '{van}: {since:time} से चुप',
  },
  'silent-place': {
    en: '{van}: silent since {since:time}; silences of up to {usual:span} are usual at that place',
    hi: '{van}: {since:time} से चुप; उस जगह {usual:span} तक की चुप्पी आम है',
  },
  'silent-no-fix': {
    en: '{van}: no position since {since:time}, although its tracker is heard',
    hi: '{van}: {since:time} से स्थिति नहीं मिली, जबकि ट्रैकर की सूचना आ रही है',
  },
  'silent-many': {
    en: '{count} vans silent since {since:time}: network',
    hi: '{since:time} से {count} वैन चुप: नेटवर्क',
  },
  'silent-many-of': {
    en: '{count} vans silent since {since:time}: network of {carrier}',
    hi: '{since:time} से {count} वैन चुप: {carrier} का नेटवर्क',
  },
  'battery-low': {
    en: "{van}: the tracker's battery is at {percent} % (low from {limit} %)",
    hi: '{van}: ट्रैकर की बैटरी {percent} % पर है ({limit} % से कम मानी जाती है)',
  },
  unplugged: {
    en: "{van}: the tracker's battery fell from {from} % to {percent} % since {since:time} with the ignition on: unplugged?",
    hi: '{van}: इग्निशन चालू रहते ट्रैकर की बैटरी {since:time} से {from} % से {percent} % पर आई: तार निकला है?',
  },
  'clock-wrong': {
    en: '{van}: the clock of tracker {device} is {ahead:span} ahead; its positions are refused',
    hi: '{van}: ट्रैकर {device} की घड़ी {ahead:span} आगे है; इसकी स्थितियाँ स्वीकार नहीं होतीं',
  },
  'long-stop': {
    en: '{van}: standing since {since:time}, at no door of its run and not at the godown (limit {limit:span})',
    hi: '{van}: {since:time} से खड़ी है, न अपने किसी ग्राहक के यहाँ न गोदाम पर (सीमा {limit:span})',
  },
  'off-route': {
    en: "{van}: off its run's way since {since:time}, {metres} m or more (limit {limit} m)",
    hi: '{van}: {since:time} से रास्ते से हटी हुई, {metres} मी या अधिक (सीमा {limit} मी)',
  },
  'over-speed': {
    en: '{van}: {top} km/h at {since:time} (limit {limit} km/h)',
    hi: '{van}: {since:time} पर {top} किमी/घंटा (सीमा {limit} किमी/घंटा)',
  },
  'left-hours': {
    en: '{van}: moving since {since:time}, outside working hours',
    hi: '{van}: {since:time} से काम के समय के बाहर चल रही है',
  },
  'zone-enter': {
    en: '{van}: entered {zone} at {since:time}',
    hi: '{van}: {since:time} पर {zone} में आई',
  },
  'zone-leave': {
    en: '{van}: left {zone} at {since:time}',
    hi: '{van}: {since:time} पर {zone} से निकली',
  },
  'zone-dwell': {
    en: '{van}: in {zone} since {since:time} (limit {limit:span})',
    hi: '{van}: {since:time} से {zone} में है (सीमा {limit:span})',
  },
  'zone-speed': {
    en: '{van}: {top} km/h in {zone} at {since:time} (limit {limit} km/h)',
    hi: '{van}: {zone} में {since:time} पर {top} किमी/घंटा (सीमा {limit} किमी/घंटा)',
  },
  'order-late': {
    en: 'Order {order} on {van}: expected at {likely:time}, planned until {planned:time}',
    hi: '{van} पर ऑर्डर {order}: अनुमान {likely:time}, योजना {planned:time} तक',
  },
  'norm-risk': {
    en: 'Order {order}: its 48 hours end at {due:time} and it is not out yet',
    hi: 'ऑर्डर {order}: 48 घंटे {due:time} पर पूरे होंगे और यह अभी निकला नहीं है',
  },
  'norm-forecast': {
    en: 'Order {order}: expected at {likely:time}, its 48 hours end at {due:time}',
    hi: 'ऑर्डर {order}: अनुमान {likely:time}, 48 घंटे {due:time} पर पूरे होंगे',
  },
  'norm-broken': {
    en: 'Order {order}: its 48 hours ended at {due:time}',
    hi: 'ऑर्डर {order}: 48 घंटे {due:time} पर पूरे हो चुके',
  },
  'no-code': {
    en: 'Order {order} on {van}: delivered at {since:time} without its code ({reason})',
    hi: '{van} पर ऑर्डर {order}: {since:time} पर बिना कोड के दिया गया ({reason})',
  },
  'far-from-door': {
    en: 'Order {order} on {van}: handed over at {since:time}, {metres} m from the door (limit {limit} m)',
    hi: '{van} पर ऑर्डर {order}: {since:time} पर दरवाज़े से {metres} मी दूर दिया गया (सीमा {limit} मी)',
  },
  'wrong-code': {
    en: 'Order {order} on {van}: handed over at {since:time}, and the code given was wrong',
    hi: '{van} पर ऑर्डर {order}: {since:time} पर दिया गया, पर दिया गया कोड गलत था',
  },
  'wrong-code-tries': {
    en: 'Order {order} on {van}: {tries} wrong codes in a row, the last at {since:time}',
    hi: '{van} पर ऑर्डर {order}: लगातार {tries} गलत कोड, आखिरी {since:time} पर',
  },
  'log-trouble': {
    en: 'The log has a problem: {problem}',
    hi: 'लॉग में समस्या: {problem}',
  },
} as const satisfies Record<string, { en: string; hi: string }>;

export type AlertTemplate = keyof typeof alertLines;

type Placeholder<Line extends string> = Line extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never;
type NamesOf<T extends AlertTemplate> =
  Placeholder<(typeof alertLines)[T]['en']> extends infer P ? (P extends `${infer Name}:${string}` ? Name : P) : never;
/** What a line needs. */
export type ParamsOf<T extends AlertTemplate> = Readonly<Record<NamesOf<T> & string, string | number>>;

/** A line and what it is made of; the compiler checks that nothing is missing. */
export type Saying = { [T in AlertTemplate]: { template: T; params: ParamsOf<T> } }[AlertTemplate];

/** Puts a line together. */
export function saying<T extends AlertTemplate>(template: T, params: ParamsOf<T>): Saying {
  return { template, params } as Saying;
}

/** The line of an alert in a language, as people read it. `now` (UTC ms) decides which times need their day. */
export function alertText(
  { template, params }: { template: string; params: AlertParams },
  { language, timeZone, now }: { language: 'en' | 'hi'; timeZone: string; now: number },
): string {
  const lines = (alertLines as Record<string, { en: string; hi: string }>)[template];
  // Written by a newer daemon.
  if (lines === undefined) return template;
  return lines[language].replaceAll(/\{(\w+)(?::(time|span))?\}/g, (_all, name: string, as?: 'time' | 'span') => {
    const value = params[name];
    if (typeof value !== 'number' || as === undefined) return String(value ?? '?');
    return as === 'time' ? timeText(value, timeZone, language, now) : spanText(value, language);
  });
}

const units = { en: { h: 'h', min: 'min', s: 's' }, hi: { h: 'घंटे', min: 'मिनट', s: 'सेकंड' } };

function spanText(ms: number, language: 'en' | 'hi'): string {
  const { h, min, s } = units[language];
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} ${s}`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 120) return `${minutes} ${min}`;
  return minutes % 60 === 0 ? `${minutes / 60} ${h}` : `${Math.floor(minutes / 60)} ${h} ${minutes % 60} ${min}`;
}

/** By time zone and language; making one costs a tenth of a millisecond. */
const formats = new Map<string, { time: Intl.DateTimeFormat; day: Intl.DateTimeFormat }>();

function timeText(at: number, timeZone: string, language: 'en' | 'hi', now: number): string {
  const key = `${timeZone} ${language}`;
  let format = formats.get(key);
  if (format === undefined) {
    const locale = language === 'en' ? 'en-GB' : 'hi-IN-u-nu-latn';
    format = {
      time: new Intl.DateTimeFormat(locale, { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
      day: new Intl.DateTimeFormat(locale, { timeZone, day: 'numeric', month: 'short' }),
    };
    formats.set(key, format);
  }
  const day = format.day.format(at);
  const time = format.time.format(at);
  return day === format.day.format(now) ? time : `${day} ${time}`;
}
