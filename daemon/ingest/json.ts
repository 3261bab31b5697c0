import { isAscii } from 'node:buffer';

/**
 * JSON from strangers. The size is bounded by the door; depth and encoding are bounded here, before anything is built.
 *
 * Duplicate keys: the last one wins, as everywhere in JavaScript. A key `__proto__` or `constructor` becomes an own
 * field like any other (JSON.parse never sets a prototype) and nothing here copies fields by their foreign names.
 */
export type Json = { json: unknown } | { reason: 'not-json' | 'too-deep'; detail: string };

/** Formats nest five levels at most; a parser's stack ends at some ten thousand. */
const deepest = 32;
const tooDeep: Json = { reason: 'too-deep', detail: `nested more than ${deepest} deep` };

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** What trackers send is ASCII as a rule, and taking that as Latin-1 is several times faster than decoding it. */
function textOf(bytes: Uint8Array): string {
  if (!isAscii(bytes)) return utf8.decode(bytes);
  const buffer = bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return buffer.toString('latin1');
}

/** Whether there are enough of them, in strings or not, to nest too deep. */
function hasManyBrackets(text: string): boolean {
  if (text.length <= deepest) return false;
  let count = 0;
  for (const bracket of ['{', '[']) {
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1)) {
      if (++count > deepest) return true;
    }
  }
  return false;
}

/** Parses bytes as JSON; says why where that cannot be done, without quoting them (they may hold a password). */
export function parseJson(bytes: Uint8Array): Json {
  if (bytes.length === 0) return { reason: 'not-json', detail: 'the message is empty' };
  let text: string;
  try {
    text = textOf(bytes);
  } catch {
    return isTooDeep(bytes) ? tooDeep : { reason: 'not-json', detail: 'not JSON: the bytes are not UTF-8' };
  }
  // Most messages have a single bracket, and counting brackets is much faster than reading past the strings.
  if (hasManyBrackets(text) && isTooDeep(bytes)) return tooDeep;
  try {
    return { json: JSON.parse(text) };
  } catch (error) {
    return { reason: 'not-json', detail: `not JSON: ${whereOf(error, text)}` };
  }
}

/** The bytes of each item of a JSON list, as they were sent; undefined where the bytes are no list. */
export function itemsOf(bytes: Uint8Array): Uint8Array[] | undefined {
  if (bytes.find((byte) => byte > space) !== openBracket || !('json' in parseJson(bytes))) return undefined;
  const items: Uint8Array[] = [];
  let depth = 0;
  let from = 0;
  const take = (to: number): void => {
    let [first, end] = [from, to];
    while (first < end && (bytes[first] ?? 0) <= space) first++;
    while (end > first && (bytes[end - 1] ?? 0) <= space) end--;
    if (end > first) items.push(bytes.subarray(first, end));
    from = to + 1;
  };
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at);
    else if (byte === openBrace || byte === openBracket) {
      if (depth++ === 0) from = at + 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      if (--depth === 0) take(at);
    } else if (byte === comma && depth === 1) take(at);
  }
  return items;
}

/** Where the string that begins at `from` ends: its closing quote, or the last byte. */
function endOfString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return at;
}

const space = 0x20;
const comma = 0x2c;
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
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) at = endOfString(bytes, at);
    else if (byte === openBrace || byte === openBracket) {
      depth++;
      if (depth > deepest) return true;
    } else if (byte === closeBrace || byte === closeBracket) depth--;
  }
  return false;
}

/** What the engine says is wrong. It quotes what stands around the place, of which only one character is passed on. */
function whereOf(error: unknown, text: string): string {
  const message = error instanceof Error ? error.message : '';
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `wrong at character ${Number(position) + 1}`;
  if (message.includes('end of JSON')) return 'it ends too early';
  const unexpected = /^Unexpected token '(.)'/su.exec(message)?.[1];
  if (unexpected === undefined || text.trimStart().startsWith(unexpected)) return 'it does not begin like JSON';
  return `there is a ${JSON.stringify(unexpected)} that may not be there`;
}
