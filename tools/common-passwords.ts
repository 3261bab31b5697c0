import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Makes the list of common passwords from the one of the package `@zxcvbn-ts/language-common` (MIT):
 *
 *   npm pack @zxcvbn-ts/language-common && tar xzf zxcvbn-ts-language-common-*.tgz package/src/passwords.json
 *   node tools/common-passwords.ts package/src/passwords.json
 *
 * Kept are all that are long enough to be allowed otherwise, and the commonest shorter words, which people lengthen
 * with a year. What people choose is not fit to be read, so each is written as the first six bytes of its SHA-256.
 */
const shortest = 10;
const shorterWords = 3000;

const [, , source] = process.argv;
if (source === undefined) {
  console.error('node tools/common-passwords.ts FILE: the file is passwords.json of @zxcvbn-ts/language-common');
  process.exit(2);
}
const all = JSON.parse(readFileSync(source, 'utf8')) as string[];
const long = all.filter((word) => word.length >= shortest);
const short = all.filter((word) => word.length >= 5 && word.length < shortest && /[a-z]{5}/.test(word));
const hashes = [...long, ...short.slice(0, shorterWords)].map((word) =>
  createHash('sha256').update(word).digest().subarray(0, 6).toString('base64url'),
);
const target = fileURLToPath(new URL('../daemon/accounts/common-passwords.txt', import.meta.url));
writeFileSync(target, `${[...new Set(hashes)].sort().join('\n')}\n`);
console.log(`${hashes.length} passwords in ${target}`);
