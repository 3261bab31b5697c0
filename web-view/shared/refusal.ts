import type { Language } from '../../protocol/consumer-words.ts';
import { refusalText } from '../../protocol/refusal-text.ts';
import type { Refused } from './http.ts';

/** Why the daemon refused, in the language of the page; its own English for a code of a newer daemon. */
export function whyRefused({ problem, message }: Pick<Refused, 'problem' | 'message'>, language: Language): string {
  return language === 'en' ? message : (refusalText(problem, language) ?? message);
}
