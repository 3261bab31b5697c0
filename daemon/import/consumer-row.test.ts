import { describe, expect, it } from 'vitest';
import { fieldReader, guessColumns, wrongMapping } from './columns.ts';
import { consumerColumns, idOfNumber, readConsumer } from './consumer-row.ts';

describe('the columns of a consumer list', () => {
  it.each([
    [
      ['Consumer No.', 'Consumer Name', 'Mobile No', 'Address 1', 'Address 2', 'PIN Code', 'Lat', 'Long', 'Status'],
      {
        number: ['Consumer No.'],
        name: ['Consumer Name'],
        phone: ['Mobile No'],
        address: ['Address 1', 'Address 2'],
        pincode: ['PIN Code'],
        latitude: ['Lat'],
        longitude: ['Long'],
      },
      ['Status'],
    ],
    [
      ['ग्राहक क्रमांक', 'नाम', 'मोबाइल', 'पता'],
      { number: ['ग्राहक क्रमांक'], name: ['नाम'], phone: ['मोबाइल'], address: ['पता'] },
      [],
    ],
    [
      ['number', 'id', 'name', 'notes', 'pinSource'],
      { number: ['number'], id: ['id'], name: ['name'], notes: ['notes'] },
      ['pinSource'],
    ],
    [
      ['consumerNumber', 'customer_name', 'phone'],
      { number: ['consumerNumber'], name: ['customer_name'], phone: ['phone'] },
      [],
    ],
  ])('%j are guessed', (header, mapping, unused) => {
    expect(guessColumns(header, consumerColumns)).toEqual({ mapping, unused });
  });

  it('may be named by hand, if they are there', () => {
    expect(wrongMapping({ number: ['A'] }, ['A'], consumerColumns)).toBeUndefined();
    expect(wrongMapping({ number: ['B'] }, ['A'], consumerColumns)).toBe('number: the list has no column "B"');
    expect(wrongMapping({ colour: ['A'] }, ['A'], consumerColumns)).toContain('colour: no such field');
    expect(wrongMapping({ constructor: ['A'] }, ['A'], consumerColumns)).toContain('no such field');
  });

  it('are joined where several are one field, and freed of the apostrophe of an export', () => {
    const read = fieldReader(['A', 'B', 'C', 'D'], { phone: ['A'], address: ['B', 'C', 'D'], notes: ['C'] });
    expect(read(["'+91 98", ' 4 ', '', 'Tank Road'])).toEqual({
      phone: '+91 98',
      address: '4, Tank Road',
    });
  });
});

describe('a row', () => {
  it('becomes a consumer', () => {
    const fields = {
      number: '61 7',
      name: 'Asha',
      pincode: '440 001.0',
      latitude: '21.12345678',
      longitude: '79',
      language: 'Hindi',
    };
    expect(readConsumer(fields)).toEqual({
      row: { number: '61 7', name: 'Asha', pincode: '440001', latitude: 21.123457, longitude: 79, language: 'hi' },
    });
  });

  it('at 0, 0 has no position', () => {
    expect(readConsumer({ number: '1', latitude: '0', longitude: '0.0' })).toEqual({ row: { number: '1' } });
  });

  it.each([
    [{}, ['number']],
    [{ number: '1', latitude: '21' }, ['longitude']],
    [{ number: '1', latitude: '121', longitude: '79' }, ['latitude']],
    [{ number: '1', latitude: '21,5', longitude: 'N79' }, ['latitude', 'longitude']],
    [{ number: 'x'.repeat(33), name: 'x'.repeat(121), language: 'Klingon' }, ['number', 'name', 'language']],
    [{ id: '../etc/passwd' }, ['id']],
  ])('%j is wrong in %j', (fields, wrong) => {
    const read = readConsumer(fields);
    expect('errors' in read && read.errors.map(({ field }) => field)).toEqual(wrong);
  });

  it('has the same id wherever its number is imported', () => {
    expect(idOfNumber('617223')).toBe('617223');
    expect(idOfNumber('617/22 3')).toMatch(/^c-[0-9a-f]{20}$/);
    expect(idOfNumber('617/22 3')).toBe(idOfNumber('617/22 3'));
  });
});
