import { alertWords } from './words/alerts.ts';
import { fleetWords } from './words/fleet.ts';
import { frameWords } from './words/frame.ts';
import type { Language } from './words/language.ts';
import { mapWords } from './words/map.ts';
import { mapToolWords } from './words/map-tools.ts';
import { orderWords } from './words/orders.ts';
import { paletteWords } from './words/palette.ts';
import { playbackWords } from './words/playback.ts';
import { signInWords } from './words/sign-in.ts';
import { statusWords } from './words/status.ts';

/** Every word the console shows, in one language. Each part has its own file in `words/`, with every language in it. */
function wordsIn(language: Language) {
  return {
    product: 'Vantrail',
    ...statusWords[language],
    ...frameWords[language],
    ...fleetWords[language],
    ...mapWords[language],
    ...mapToolWords[language],
    ...playbackWords[language],
    ...orderWords[language],
    ...signInWords[language],
    ...alertWords[language],
    ...paletteWords[language],
  };
}

/** The words of the language that is spoken. Read them where they are shown, never when a module is loaded. */
export let words = wordsIn('en');
export let language: Language = 'en';

/** Before anything is shown: another language later means to load the page again. */
export function speak(wanted: Language): void {
  language = wanted;
  words = wordsIn(wanted);
}
