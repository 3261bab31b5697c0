import { describe, expect, it } from 'vitest';
import { begun, fieldOf, type ImportReport, isEnough, linesOf, told, withField } from './import-state.ts';

const header = ['Cons No', 'Name', 'House', 'Street', 'Mobile'];
const columns: ImportReport = {
  type: 'columns',
  header,
  mapping: { number: ['Cons No'], name: ['Name'], address: ['House', 'Street'] },
  unused: ['Mobile'],
  dryRun: true,
};
const checked = [columns, { type: 'done', rows: 3, added: 2, changed: 0, same: 0, bad: 1 } as const].reduce(
  told,
  begun,
);

describe('an import as it is told', () => {
  it('collects columns, bad rows and counts until its end', () => {
    const bad = { row: 3, errors: [{ field: 'number', message: 'is missing' }], cells: { Name: 'Meena' } };
    const running = [columns, { type: 'bad', ...bad } as const].reduce(told, begun);
    expect(running).toMatchObject({ end: 'running', bad: [bad] });
    expect(told(running, { type: 'progress', rows: 2, added: 1, changed: 0, same: 0, bad: 1 }).end).toBe('running');
    expect(checked).toMatchObject({ end: 'done', counts: { rows: 3, added: 2, bad: 1 }, isStale: false });
    const counts = { rows: 1, added: 0, changed: 0, same: 0, bad: 0 };
    expect(told(running, { type: 'failed', detail: 'the disk is full', ...counts }).end).toEqual({
      failed: 'the disk is full',
    });
  });

  it('is read from lines that come in any pieces', async () => {
    const text = `${JSON.stringify(columns)}\n{"type":"progress","rows":1,"added":1,"changed":0,"same":0,"bad":0}\n`;
    const bytes = new TextEncoder().encode(text.replace('Street', 'गली'));
    const pieces = new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += 7) controller.enqueue(bytes.subarray(at, at + 7));
        controller.close();
      },
    });
    const read: ImportReport[] = [];
    for await (const report of linesOf(new Response(pieces))) read.push(report);
    expect(read.map(({ type }) => type)).toEqual(['columns', 'progress']);
    expect(JSON.stringify(read[0])).toContain('गली');
  });
});

describe('another field for a column', () => {
  it('makes the check stale, and a field has one column only', () => {
    const moved = withField(checked, 'Mobile', 'name');
    expect(moved.isStale).toBe(true);
    expect(moved.mapping.name).toEqual(['Mobile']);
    expect(fieldOf(moved.mapping, 'Name')).toBe('');
  });

  it('joins the parts of an address in the order of the list', () => {
    const without = withField(checked, 'House', '');
    expect(without.mapping.address).toEqual(['Street']);
    expect(withField(without, 'House', 'address').mapping.address).toEqual(['House', 'Street']);
  });

  it('says of a field that lost its column that it has none, so that it is not guessed again', () => {
    const none = withField(checked, 'Name', '');
    expect(none.mapping.name).toEqual([]);
    expect(isEnough(none.mapping)).toBe(false);
    expect(isEnough(checked.mapping)).toBe(true);
  });
});
