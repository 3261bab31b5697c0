import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** Characters; counted as people count them, not as bytes. */
const shortest = 10;
/** Longer ones only make us hash for nothing. */
const longest = 200;

let list: ReadonlySet<string> | undefined;

/**
 * Why a password will not do, in words for its owner; undefined: it will. Length counts for more than signs (NIST SP
 * 800-63B), so there is no rule about those; refused are what others have used a million times, and one's own name.
 */
export function weakness(password: string, own: { login: string; agency: string }): string | undefined {
  const length = [...password].length;
  if (length < shortest) return `must have at least ${shortest} characters`;
  if (length > longest) return `must have at most ${longest} characters`;
  const text = password.normalize('NFC').toLowerCase();
  if (new Set(text).size < 4) return 'must have at least four different characters';
  if (isRow(text)) return 'is a row of neighbouring characters';
  // "password2026!" is "password": what people put before and after a word does not make it another.
  const word = text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
  if (isCommon(text) || (word.length >= 5 && isCommon(word))) return 'is one of the passwords that many people use';
  if ([own.login, own.agency, `${own.login}@${own.agency}`].includes(word === '' ? text : word)) return 'is your name';
  return undefined;
}

function isCommon(text: string): boolean {
  // Read at the first use: the command line tools need no such list.
  list ??= new Set(
    readFileSync(new URL('common-passwords.txt', import.meta.url), 'utf8')
      .trim()
      .split('\n'),
  );
  return list.has(createHash('sha256').update(text).digest().subarray(0, 6).toString('base64url'));
}

/** `abcdefghij`, `9876543210`: each character is the next, or the one before. */
function isRow(text: string): boolean {
  const codes = Array.from(text, (character) => character.codePointAt(0) ?? 0);
  const step = (codes[1] ?? 0) - (codes[0] ?? 0);
  return Math.abs(step) === 1 && codes.every((code, i) => i === 0 || code - (codes[i - 1] ?? 0) === step);
}
