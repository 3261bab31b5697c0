import type { Language } from '../../protocol/consumer-words.ts';

/** What the staff's page says. */
export interface StaffWords {
  title: string;
  key: string;
  useKey: string;
  usePassword: string;
  id: string;
  none: string;
  send: string;
  on: string;
  off: string;
  sent: (time: string) => string;
  refused: string;
  failed: string;
}

const en: StaffWords = {
  title: 'Send my position',
  key: 'Service key',
  useKey: 'Sign in with a service key',
  usePassword: 'Sign in with name and password',
  id: 'Send it as',
  none: 'This account may not send positions.',
  send: 'Send now',
  on: 'Send every few seconds',
  off: 'Stop sending',
  sent: (time) => `Sent at ${time}`,
  refused: 'The phone does not give this page its position. Allow it in the settings of the browser.',
  failed: 'That did not get through:',
};
const hi: StaffWords = {
  title: 'मेरी स्थिति भेजें',
  key: 'सर्विस की',
  useKey: 'सर्विस की से साइन इन करें',
  usePassword: 'नाम और पासवर्ड से साइन इन करें',
  id: 'किस नाम से भेजें',
  none: 'यह खाता स्थिति नहीं भेज सकता।',
  send: 'अभी भेजें',
  on: 'हर कुछ सेकंड में भेजें',
  off: 'भेजना बंद करें',
  sent: (time) => `${time} पर भेजा गया`,
  refused: 'फ़ोन इस पेज को स्थिति नहीं दे रहा। ब्राउज़र की सेटिंग में अनुमति दें।',
  failed: 'यह नहीं पहुँचा:',
};

export const staffWords: Record<Language, StaffWords> = { en, hi };
