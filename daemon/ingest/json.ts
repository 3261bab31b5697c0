/**
 * JSON from strangers. The size is bounded by the door; depth and encoding are bounded here, before anything is built.
 *
 * Duplicate keys: the last one wins, as everywhere in JavaScript. A key `__proto__` or `constructor` becomes an own
 * field like any other (JSON.parse never sets a prototype) and nothing here copies fields by their foreign names.
 */
export type Json = { json: unknown } | { reason: 'not-json' | 'too-deep'; detail: string };

/** Formats nest five levels at most; a parser's stack ends at some ten thousand. */
const deepest = 32;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Parses bytes as JSON; says why where that cannot be done, without quoting them (they may hold a password). */
export function parseJson(bytes: Uint8Array): Json {
  if (bytes.length === 0) return { reason: 'not-json', detail: 'the message is empty' };
  if (isTooDeep(bytes)) return { reason: 'too-deep', detail: `nested more than ${deepest} deep` };
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    return { reason: 'not-json', detail: 'not JSON: the bytes are not UTF-8' };
  }
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    return { reason: 'not-json', detail: `not JSON: ${whereOf(error)}` };
  }
}

const quote = 0x22;
const backslash = 0x5c;
const openBracket = 0x5b;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Counts brackets outside of strings. Every byte of a UTF-8 sequence is ≥ 0x80, so bytes can be read as characters. */
function isTooDeep(bytes: Uint8Array): boolean {
  if (bytes.length <= deepest) return false;
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === openBrace || byte === openBracket) {
      depth++;
      if (depth > deepest) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

function whereOf(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `wrong at character ${Number(position) + 1}`;
  return message.includes('end of JSON') ? 'it ends too early' : 'it does not begin like JSON';
}
