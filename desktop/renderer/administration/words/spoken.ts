import type { InBoth } from '../../words/language.ts';
import { language } from '../../words.ts';

/** The words of a part in the language that is spoken. They come with the page that shows them. */
export function spoken<Words>(both: InBoth<Words>): Words {
  return both[language];
}
