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
}

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
  },
  hi: {
    'sign-in-code': ({ code, minutes }, agency) =>
      `${code} ${agency} के लिए आपका कोड है, ${minutes} मिनट तक मान्य। किसी को न बताएं।`,
    invitation: ({ url, hours }, agency) => `${agency}: ${hours} घंटे के भीतर यहाँ अपना पासवर्ड बनाएं: ${url}`,
    'password-reset': ({ url, hours }, agency) => `${agency}: ${hours} घंटे के भीतर यहाँ नया पासवर्ड बनाएं: ${url}`,
    'order-link': ({ url }, agency) => `${agency}: आपका सिलेंडर रास्ते में है। कहाँ है, और दरवाज़े पर बताने का कोड: ${url}`,
  },
};

/** The text of a message in a language; `agency`: its name. */
export function textOf<T extends Template>(language: Language, template: T, values: Values[T], agency: string): string {
  return texts[language][template](values, agency);
}
