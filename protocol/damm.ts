/**
 * The check digit of H. Michael Damm ("Total anti-symmetrische Quasigruppen", Marburg 2004): one wrong digit, and two
 * neighbours exchanged, are always found. The table is his quasigroup of order 10 with zeros in the diagonal, so that a
 * number with its check digit behind it comes out as 0.
 */
const quasigroup = [
  [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
  [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
  [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
  [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
  [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
  [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
  [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
  [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
  [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
  [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
] as const;

/** The check digit of a row of digits. Throws RangeError for anything else than digits. */
export function checkDigit(digits: string): number {
  let interim = 0;
  for (const digit of digits) {
    const next = /^[0-9]$/.test(digit) ? quasigroup[interim]?.[Number(digit)] : undefined;
    if (next === undefined) throw new RangeError('a check digit is made of the digits 0 to 9');
    interim = next;
  }
  return interim;
}

/** Whether the last digit is the check digit of those before it; false for what is no row of digits. */
export function endsInCheckDigit(digits: string): boolean {
  return /^[0-9]{2,}$/.test(digits) && checkDigit(digits) === 0;
}
