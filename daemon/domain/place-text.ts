/** Text of places made comparable: the form in which names are kept for searching, and in which they are asked for. */

/**
 * Small letters, no accents on Latin letters, no punctuation, single spaces. Vowel signs of Indian scripts are letters
 * and stay; their digits become 0-9.
 */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/[\u0300-\u036f\u200b-\u200d]/g, '')
    .normalize('NFC')
    .toLowerCase()
    .replace(/[०-९]/g, (digit) => String(digit.charCodeAt(0) - 0x966))
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, ' ')
    .trim();
}

/** Every three letters in a row, with a space before and after the text: what the search index consists of. */
export function trigrams(folded: string): string[] {
  const padded = Array.from(` ${folded} `);
  const found = new Set<string>();
  for (let i = 0; i + 3 <= padded.length; i++) found.add(padded.slice(i, i + 3).join(''));
  return [...found];
}

const consonants: Readonly<Record<string, string>> = Object.fromEntries(
  'क=k ख=kh ग=g घ=gh ङ=n च=ch छ=chh ज=j झ=jh ञ=n ट=t ठ=th ड=d ढ=dh ण=n त=t थ=th द=d ध=dh न=n प=p फ=ph ब=b भ=bh म=m य=y र=r ल=l ळ=l व=v श=sh ष=sh स=s ह=h'
    .split(' ')
    .map((pair) => pair.split('=')),
);
const vowels: Readonly<Record<string, string>> = Object.fromEntries(
  'अ=a आ=a इ=i ई=i उ=u ऊ=u ऋ=ri ए=e ऐ=ai ओ=o औ=au ऑ=o'.split(' ').map((pair) => pair.split('=')),
);
const signs: Readonly<Record<string, string>> = Object.fromEntries(
  'ा=a ि=i ी=i ु=u ू=u ृ=ri े=e ै=ai ो=o ौ=au ॉ=o'.split(' ').map((pair) => pair.split('=')),
);
const [virama, nukta, anusvara, candrabindu, visarga] = ['\u094d', '\u093c', '\u0902', '\u0901', '\u0903'];

/**
 * Devanagari in Latin letters, about as place names are spelt in English: long vowels as short ones, and no `a` where
 * Hindi does not speak it (at a word's end, and between a vowel's consonant and another vowel's). A search that allows
 * for errors does the rest.
 */
export function inLatin(folded: string): string {
  return folded.replace(/\p{Script=Devanagari}+/gu, wordInLatin);
}

function wordInLatin(word: string): string {
  // One part per syllable; a vowel that is not written but may be spoken is `A`.
  let text = '';
  for (const letter of word) {
    if (letter in consonants) text += `${consonants[letter]}A`;
    else if (letter in vowels) text = text.replace(/A$/, 'a') + vowels[letter];
    else if (letter in signs) text = text.replace(/A$/, '') + signs[letter];
    else if (letter === virama) text = text.replace(/A$/, '');
    else if (letter === anusvara || letter === candrabindu) text = `${text.replace(/A$/, 'a')}N`;
    else if (letter !== nukta && letter !== visarga) text += letter;
  }
  return text
    .replace(/N(?=[pbm])/g, 'm')
    .replaceAll('N', 'n')
    .replace(/(?<=[a-z])A$/, '')
    .replace(/(?<=[aeiou][^aeiouA]{1,2})A(?=[^aeiouA]{1,2}[aeiouA])/g, '')
    .replaceAll('A', 'a')
    .replace(/aya?(?![aeiou])/g, 'ai');
}
