import { describe, expect, it } from 'vitest';
import { UnreadableList } from './csv.ts';
import { type ListFormat, namedCells, readList } from './read-list.ts';

/** The bytes in pieces of every size, as a network may cut them. */
async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(text: string | Uint8Array, format: ListFormat = 'csv', size = 7) {
  const bytes = typeof text === 'string' ? Buffer.from(text) : text;
  const list = await readList(inPieces(bytes, size), format);
  const rows = [];
  for await (const piece of list.rows) rows.push(...piece);
  return { header: list.header, rows: rows.map((row) => ({ ...row, cells: namedCells(list.header, row) })) };
}

const asha = 'No,Name,Address\r\n17,Asha,"4, Tank Road\r\nfirst ""blue"" door"\r\n18,Bina,\r\n';

describe('a CSV list', () => {
  it.each([1, 2, 3, 5, 8, 13, 1000])('is the same in pieces of %i bytes', async (size) => {
    expect(await read(asha, 'csv', size)).toEqual({
      header: ['No', 'Name', 'Address'],
      rows: [
        { number: 2, cells: { No: '17', Name: 'Asha', Address: '4, Tank Road\r\nfirst "blue" door' } },
        { number: 3, cells: { No: '18', Name: 'Bina', Address: '' } },
      ],
    });
  });

  it.each([
    ['semicolons', 'No;Name\n17;"A;sha"\n'],
    ['tabs', 'No\tName\n17\tA;sha\n'],
    ['bars', 'No|Name\n17|A;sha'],
    ['old line ends', 'No,Name\r17,A;sha\r'],
    ['a mark at the beginning', '\uFEFFNo,Name\n17,A;sha\n'],
  ])('may be written with %s', async (_how, text) => {
    const { header, rows } = await read(text);
    expect(header).toEqual(['No', 'Name']);
    expect(rows).toEqual([{ number: 2, cells: { No: '17', Name: 'A;sha' } }]);
  });

  it('may be in Devanagari, cut in the middle of a letter, and in what Excel calls Unicode', async () => {
    const text = 'No,नाम\n17,आशा देशमुख\n';
    const rows = [{ number: 2, cells: { No: '17', नाम: 'आशा देशमुख' } }];
    expect((await read(text, 'csv', 1)).rows).toEqual(rows);
    const utf16 = Buffer.from(`\uFEFF${text}`, 'utf16le');
    expect((await read(utf16, 'csv', 4)).rows).toEqual(rows);
  });

  it('counts rows as a spreadsheet does, empty ones too', async () => {
    const { rows } = await read('No,Name\n\n17,Asha\n,\n18,Bina\n');
    expect(rows.map(({ number }) => number)).toEqual([3, 5]);
  });

  it('names rows with too many cells or broken quotes', async () => {
    const { rows } = await read('No,Name\n17,Asha,Tank Road\n18,"Bi"na\n19,Chitra\n20,"Dev"\n21,Esha\n');
    expect(rows.map(({ number, problem }) => [number, problem])).toEqual([
      [2, 'has 3 cells, the header 2'],
      [3, expect.stringContaining('it goes on over 3 lines')],
      [4, undefined],
    ]);
  });

  it('tells two columns of one name apart, and survives names of objects', async () => {
    const { header, rows } = await read('Name,Name,__proto__,constructor\nA,B,C,D\n');
    expect(header).toEqual(['Name', 'Name (2)', '__proto__', 'constructor']);
    expect(Object.entries(rows[0]?.cells ?? {})).toContainEqual(['constructor', 'D']);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it.each([
    ['that is empty', ''],
    ['of empty lines', '\n\n\n'],
    ['in another encoding', Buffer.from([0x4e, 0x6f, 0x0a, 0xe9, 0x0a])],
    ['whose quote is never closed', `No,Name\n17,"${'x'.repeat(300_000)}`],
  ])('%s is refused', async (_what, text) => {
    await expect(read(text, 'csv', 65_536)).rejects.toBeInstanceOf(UnreadableList);
  });
});

describe('a JSON list', () => {
  const rows = [
    { number: 1, cells: { number: '17', name: 'A}"{sha', latitude: '21.5' } },
    { number: 2, cells: { number: '18' } },
  ];
  it.each([
    ['a list', '[{"number":17,"name":"A}\\"{sha","latitude":21.5},\n {"number":"18","name":null}]'],
    ['lines', '{"number":17,"name":"A}\\"{sha","latitude":21.5}\n{"number":"18"}\n'],
  ])('may be %s, in pieces of any size', async (_how, text) => {
    for (const size of [1, 3, 10, 1000]) expect((await read(text, 'json', size)).rows).toEqual(rows);
  });

  it('names items that are not JSON', async () => {
    expect((await read('[{"number":1},{"number":}]', 'json')).rows[1]).toMatchObject({
      number: 2,
      problem: 'is not JSON',
    });
  });

  it.each(['', 'hello', '[', '[{"number":1'])('%j is refused', async (text) => {
    await expect(read(text, 'json')).rejects.toBeInstanceOf(UnreadableList);
  });
});
