/** Text as searches compare it: lower case, accents dropped, one line for each part. */
export function searchable(...parts: (string | undefined)[]): string {
  return parts
    .filter((part) => part !== undefined)
    .join('\n')
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase();
}
