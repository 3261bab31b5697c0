import { UnreadableList } from './csv.ts';

/** One item of a list; `number` counts from 1. */
export interface JsonItem {
  number: number;
  /** undefined where it is not JSON */
  value: unknown;
}

/** Characters of the longest item that is read. */
const longestItem = 262_144;

/**
 * Items of a JSON text, piece by piece: those of a list, or one after the other (a line each). Never holds more than a
 * piece and an item; what stands between the items is not looked at.
 */
export async function* jsonItems(texts: AsyncIterable<string>): AsyncGenerator<JsonItem[]> {
  let item = '';
  let depth = 0;
  let inText = false;
  let escaped = false;
  let number = 0;
  let begun = false;
  for await (const text of texts) {
    const items: JsonItem[] = [];
    let from = 0;
    for (let i = 0; i < text.length; i++) {
      const letter = text.charCodeAt(i);
      if (inText) {
        if (escaped) escaped = false;
        else if (letter === 0x5c) escaped = true;
        else if (letter === 0x22) inText = false;
        continue;
      }
      if (letter === 0x22) inText = depth > 0;
      else if (letter === 0x7b /* { */) {
        if (depth++ === 0) from = i;
      } else if (letter === 0x7d && depth > 0 && --depth === 0) {
        items.push({ number: ++number, value: parsed(item + text.slice(from, i + 1)) });
        item = '';
        from = i + 1;
      }
      if (!begun && letter > 0x20) {
        begun = true;
        if (letter !== 0x5b && letter !== 0x7b) throw new UnreadableList('it begins like no JSON: [ or { is expected');
      }
    }
    if (depth > 0) item += text.slice(from);
    if (item.length > longestItem) {
      throw new UnreadableList(`item ${number + 1} is longer than ${longestItem} characters, or is not closed`);
    }
    if (items.length > 0) yield items;
  }
  if (depth > 0) throw new UnreadableList(`item ${number + 1} is not closed`);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
