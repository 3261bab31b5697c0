import { describe, expect, it } from 'vitest';
import { placeKey } from './place.ts';
import { fold, inLatin, trigrams } from './place-text.ts';

describe('names of places', () => {
  it.each([
    ['Pūnch', 'punch'],
    ["  Koch'i (Rural)\t", 'koch i rural'],
    ['SÃO  Tomé', 'sao tome'],
    ['नागपुर', 'नागपुर'],
    ['४४०००१', '440001'],
    ['क\u200dष', 'कष'],
    ['---', ''],
  ])('%j are compared as %j', (text, folded) => expect(fold(text)).toBe(folded));

  it.each([
    ['नागपुर', 'nagpur'],
    ['मुंबई', 'mumbai'],
    ['पुणे', 'pune'],
    ['चन्द्रपुर', 'chandrapur'],
    ['जयपुर', 'jaipur'],
    ['इंदौर', 'indaur'],
    ['अहमदाबाद', 'ahmadabad'],
    ['लखनऊ', 'lakhanau'],
    ['wardha वर्धा', 'wardha vardha'],
  ])('%s sounds like %s', (text, latin) => expect(inLatin(fold(text))).toBe(latin));

  it('have these trigrams', () => {
    expect(trigrams('pune')).toEqual([' pu', 'pun', 'une', 'ne ']);
    expect(trigrams('पुणे')).toEqual([' पु', 'पुण', 'ुणे', 'णे ']);
  });
});

describe('the key of a place', () => {
  it('says where it lies, however it is written', () => {
    const rampur = { country: 'IN', state: 'Uttar Pradesh', district: 'Rāmpur', name: 'RAMPUR' };
    expect(placeKey(rampur)).toBe('IN/uttar pradesh/rampur/rampur');
    expect(placeKey({ ...rampur, pincode: '244 901' })).toBe('IN/uttar pradesh/rampur/244 901 rampur');
    const { district: _district, ...without } = rampur;
    expect(placeKey(without)).toBe('IN/uttar pradesh//rampur');
  });

  it('stays short enough, and apart from others', () => {
    const long = (name: string) => placeKey({ country: 'IN', state: 's'.repeat(80), district: 'd'.repeat(80), name });
    expect(long('n'.repeat(119)).length).toBeLessThanOrEqual(190);
    expect(long('n'.repeat(119))).not.toBe(long('n'.repeat(120)));
  });
});
