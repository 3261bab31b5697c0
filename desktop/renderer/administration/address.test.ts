import { expect, it } from 'vitest';
import { pageInFragment } from './address.ts';

it('reads a page from the address, and nothing from other fragments', () => {
  expect(pageInFragment('#administration/dead-letters')).toBe('dead-letters');
  expect(pageInFragment('#administration')).toBeUndefined();
  expect(pageInFragment('#administration/nonsense')).toBeUndefined();
  expect(pageInFragment('')).toBe(false);
  expect(pageInFragment('#invitation=abc')).toBe(false);
});
