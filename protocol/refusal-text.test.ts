import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { problemText, type RefusalCode, refusalLines, refusalText, why } from './refusal-text.ts';

const codes = Object.keys(refusalLines) as RefusalCode[];
const namesIn = (line: string) => [...line.matchAll(/\{(\w+)/g)].map(([, name]) => name as string);
/** Latin words that people here say as they are. */
const saidInLatin = /GeoJSON|CSV|JSON|UTF-8|https:\/\/|MB/g;

describe('every refusal of the daemon', () => {
  // Its type lets the daemon refuse with nothing that is not in this list.
  it.each(codes)('%s has words in English and in Hindi', (code) => {
    const { en, hi } = refusalLines[code];
    expect(en.trim()).not.toBe('');
    expect(hi).toMatch(/[\u0900-\u097f].*[।?]$/u);
    const withoutNames = hi.replaceAll(/\{[^}]*\}/g, '').replaceAll(saidInLatin, '');
    expect(withoutNames).not.toMatch(/[a-z]/i);
    expect(namesIn(en)).toEqual(expect.arrayContaining(namesIn(hi)));
  });

  it('is said somewhere in the daemon: nothing is kept for what nobody says', () => {
    const folder = fileURLToPath(new URL('../daemon', import.meta.url));
    const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(`${folder}/${name}`, 'utf8'))
      .join('\n');
    expect(codes.filter((code) => !sources.includes(`'${code}'`))).toEqual([]);
  });
});

describe('the text of a refusal', () => {
  it('has in it what it is about, an order’s state as people call it', () => {
    expect(refusalText(why('run-long', { most: 150 }), 'en')).toBe('a run has at most 150');
    const state = why('order-state', { id: 'o1', otherwise: 'has ended', state: 'cancelled' });
    expect(refusalText(state, 'en')).toBe('order o1 has ended: it is cancelled');
    expect(refusalText(state, 'hi')).toBe('ऑर्डर o1 की स्थिति अब “रद्द” है, इसलिए यह नहीं हो सकता।');
  });

  it('is the daemon’s own English where the code is a newer daemon’s, or there is none', () => {
    const detail = 'Something new.';
    expect(problemText({ code: 'of-tomorrow', detail }, 'hi')).toBe(detail);
    expect(problemText({ code: 'toString', detail }, 'hi')).toBe(detail);
    expect(problemText({ title: 'Bad gateway' }, 'hi')).toBe('Bad gateway');
    expect(problemText({ code: 'internal', detail: 'It broke.' }, 'en')).toBe('It broke.');
  });
});
