import { describe, expect, it } from 'vitest';
import { itemsOf, parseJson } from './json.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

describe('JSON from strangers', () => {
  it.each([
    ['', 'the message is empty'],
    ['hello', 'not JSON: it does not begin like JSON'],
    ['  <a>', 'not JSON: it does not begin like JSON'],
    ['{"a":', 'not JSON: it ends too early'],
    ['{"a":1,}', 'not JSON: wrong at character 8'],
    ['{"a":NaN}', 'not JSON: there is a "N" that may not be there'],
    ['{"a":-Infinity}', 'not JSON: wrong at character 7'],
    ['{"a":\u0001}', 'not JSON: there is a "\\u0001" that may not be there'],
    ['['.repeat(33), 'nested more than 32 deep'],
  ])('%j: %s', (text, detail) => {
    expect(parseJson(bytes(text))).toMatchObject({ detail });
  });

  it('never quotes what stands around the fault', () => {
    const parsed = parseJson(bytes('{"password":"hunter2","a":hunter2}'));
    expect(JSON.stringify(parsed)).not.toContain('hunter');
  });

  it.each([
    ['[1,2]', ['1', '2']],
    [' [ {"a":[1,2]} , "x,\\"]" ,null ] ', ['{"a":[1,2]}', '"x,\\"]"', 'null']],
    ['[[1,2],[]]', ['[1,2]', '[]']],
    ['[{"a":1e400,"a":2}]', ['{"a":1e400,"a":2}']],
    ['[]', []],
    ['{"a":[1]}', undefined],
    ['[1,', undefined],
    ['', undefined],
  ])('the items of %s as they were sent', (text, items) => {
    expect(itemsOf(bytes(text))?.map((item) => new TextDecoder().decode(item))).toEqual(items);
  });
});
