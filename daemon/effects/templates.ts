/**
 * What is said to people. `Values` lists every message and what it needs; each language must have all of them, or the
 * types do not hold. Short, since an SMS in Hindi has 70 characters a part.
 */
export interface Values {
  /** a consumer signs in with the telephone */
  'sign-in-code': { code: string; minutes: number };
  /** somebody is to set a first password */
  invitation: { url: string; hours: number };
  'password-reset': { url: string; hours: number };
  /** the cylinder is on its way; the page behind the link shows the code to be told at the door */
  'order-link': { order: string; url: string };
  'ten-minutes': OrderValues;
  arrived: OrderValues;
  delivered: OrderValues;
  failed: OrderValues;
  delayed: OrderValues;
}

/** `url`: the order's page; absent: it is over. `from`, `until`: HH:MM at the agency, where a time is told. */
interface OrderValues {
  order: string;
  url?: string;
  from: string;
  until: string;
}

const behind = (url: string | undefined) => (url === undefined ? '' : ` ${url}`);

export type Template = keyof Values;
export type Language = 'en' | 'hi';

type Texts = { [T in Template]: (values: Values[T], agency: string) => string };

const texts: Record<Language, Texts> = {
  en: {
    'sign-in-code': ({ code, minutes }, agency) =>
      `${code} is your code for ${agency}, good for ${minutes} minutes. Tell it to nobody.`,
    invitation: ({ url, hours }, agency) => `${agency}: set your password here within ${hours} hours: ${url}`,
    'password-reset': ({ url, hours }, agency) => `${agency}: set a new password here within ${hours} hours: ${url}`,
    'order-link': ({ url }, agency) =>
      `${agency}: your cylinder is on its way. Where it is, and the code to tell at your door: ${url}`,
    'ten-minutes': ({ url }, agency) => `${agency}: your cylinder is there in about 10 minutes.${behind(url)}`,
    arrived: ({ url }, agency) =>
      `${agency}: the van is at your door. Please have your delivery code ready.${behind(url)}`,
    delivered: ({ url }, agency) =>
      `${agency}: your cylinder was delivered. If you have none, call us at once.${behind(url)}`,
    failed: ({ url }, agency) => `${agency}: your cylinder could not be delivered. We come again.${behind(url)}`,
    delayed: ({ url, from, until }, agency) =>
      `${agency}: your cylinder comes later than planned, between ${from} and ${until}.${behind(url)}`,
  },
  hi: {
    'sign-in-code': ({ code, minutes }, agency) =>
      `${code} ${agency} के लिए आपका कोड है, ${minutes} मिनट तक मान्य। किसी को न बताएं।`,
    invitation: ({ url, hours }, agency) => `${agency}: ${hours} घंटे के भीतर यहाँ अपना पासवर्ड बनाएं: ${url}`,
    'password-reset': ({ url, hours }, agency) => `${agency}: ${hours} घंटे के भीतर यहाँ नया पासवर्ड बनाएं: ${url}`,
    'order-link': ({ url }, agency) => `${agency}: आपका सिलेंडर रास्ते में है। कहाँ है, और दरवाज़े पर बताने का कोड: ${url}`,
    'ten-minutes': ({ url }, agency) => `${agency}: आपका सिलेंडर लगभग 10 मिनट में पहुँचेगा।${behind(url)}`,
    arrived: ({ url }, agency) => `${agency}: गाड़ी आपके दरवाज़े पर है। डिलीवरी कोड तैयार रखें।${behind(url)}`,
    delivered: ({ url }, agency) => `${agency}: सिलेंडर पहुँचा दिया गया। नहीं मिला तो तुरंत फ़ोन करें।${behind(url)}`,
    failed: ({ url }, agency) => `${agency}: सिलेंडर नहीं पहुँचाया जा सका। हम फिर आएँगे।${behind(url)}`,
    delayed: ({ url, from, until }, agency) => `${agency}: सिलेंडर देर से आएगा, ${from} और ${until} के बीच।${behind(url)}`,
  },
};

/** The text of a message in a language; `agency`: its name. */
export function textOf<T extends Template>(language: Language, template: T, values: Values[T], agency: string): string {
  return texts[language][template](values, agency);
}
