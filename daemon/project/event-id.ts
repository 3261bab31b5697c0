import { randomFillSync } from 'node:crypto';

/** Ids that are made at once. */
const together = 128;
const length = 36;
const random = Buffer.alloc(16 * together);
const text = Buffer.alloc(length * together, '-');
const digits = Buffer.from('0123456789abcdef');
/** where the two digits of each byte stand in an id */
const places = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
let ready = '';

/**
 * A random id for an event (RFC 9562, version 4), as `randomUUID` makes it. That one puts each together from twenty
 * pieces, which have to be joined when it is first looked at; for a list of commands that costs more than deciding it.
 */
export function newEventId(): string {
  if (ready === '') ready = made();
  const id = ready.slice(0, length);
  ready = ready.slice(length);
  return id;
}

function made(): string {
  randomFillSync(random);
  for (let at = 0; at < random.length; at++) {
    let byte = random[at] as number;
    if (at % 16 === 6) byte = (byte & 0x0f) | 0x40;
    else if (at % 16 === 8) byte = (byte & 0x3f) | 0x80;
    const place = (at >> 4) * length + (places[at % 16] as number);
    text[place] = digits[byte >> 4] as number;
    text[place + 1] = digits[byte & 0x0f] as number;
  }
  return text.toString('latin1');
}
