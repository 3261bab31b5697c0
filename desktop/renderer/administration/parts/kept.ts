import { useState } from 'react';

/** A choice that stays for as long as this tab: a search may hold somebody's name, so it goes with the tab. */
export function useKept<T extends string = string>(name: string, first: NoInfer<T>): [T, (value: T) => void] {
  const key = `vantrail.administration.${name}`;
  const [value, setValue] = useState(() => (window.sessionStorage.getItem(key) as T | null) ?? first);
  return [
    value,
    (next) => {
      window.sessionStorage.setItem(key, next);
      setValue(next);
    },
  ];
}

/** The query of an address, of what is set. */
export function queryOf(fields: Record<string, string | number | undefined>): string {
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && value !== '');
  if (given.length === 0) return '';
  return `?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`;
}
