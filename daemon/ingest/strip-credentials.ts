/**
 * Takes credentials out of what a sender sent, before it is kept as a dead letter: people read those. Works on any
 * bytes (JSON, queries, forms, broken versions of these), keeps everything else byte for byte, and never throws.
 *
 *   field   := one of `names` with a value: "name": "value" | "name": 123 | name=value
 *   header  := Authorization: scheme value, wherever it stands
 *
 * `id`, `deviceid` and `device_id` are credentials in the OsmAnd protocol. Our own `deviceId` is written with a capital
 * and stays, or a dead letter of a batch could not say which device it was about.
 */
const exact = 'id|deviceid|device_id';
const anyCase =
  '[\\w.-]*(?:password|passwd|passphrase|passcode|secret|token|apikey|api_key|api-key)|key|pass|pwd|authorization|auth|username|user';

const redacted = Buffer.from('…', 'utf8').toString('latin1');

// A string may lack its closing quote when the message was cut off. The alternatives cannot match the same text in two
// ways, so the time is linear in the length.
const jsonValue = '(?:"[^"\\\\]*(?:\\\\[\\s\\S][^"\\\\]*)*"?|[^\\s"{}\\[\\],]+)';
const jsonField = (names: string, flags: string): RegExp =>
  new RegExp(`("(?:${names})"\\s*:\\s*)(?!null\\b)${jsonValue}`, flags);
const queryField = (names: string, flags: string): RegExp =>
  new RegExp(`((?:^|[?&;\\s"])(?:${names})=)[^&;\\s"]+`, flags);

const fields: readonly { pattern: RegExp; replacement: string }[] = [
  { pattern: jsonField(exact, 'g'), replacement: `$1"${redacted}"` },
  { pattern: jsonField(anyCase, 'gi'), replacement: `$1"${redacted}"` },
  { pattern: queryField(exact, 'g'), replacement: `$1${redacted}` },
  { pattern: queryField(anyCase, 'gi'), replacement: `$1${redacted}` },
  { pattern: /(\bauthorization\s*[:=]\s*)(?:[a-z]+ +)?[^\s",&]+/gi, replacement: `$1${redacted}` },
  { pattern: /(\b(?:basic|bearer) +)[a-z0-9._~+/=-]{8,}/gi, replacement: `$1${redacted}` },
];

/** The same bytes with `…` in place of every credential. */
export function stripCredentials(bytes: Uint8Array): Uint8Array {
  try {
    // latin1 maps every byte to one character and back, so that no encoding can hide or break anything
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
    let stripped = text;
    for (const { pattern, replacement } of fields) stripped = stripped.replace(pattern, replacement);
    return stripped === text ? bytes : Buffer.from(stripped, 'latin1');
  } catch {
    return Buffer.from('…', 'utf8'); // what cannot be searched is not shown
  }
}
