import type { Fix } from '../../protocol/position.ts';
import type { Decoded, Format, Input, Rejection } from './format.ts';
import { rejectionOf } from './formats/fields.ts';
import { formatNamed, formatsAt } from './formats/index.ts';
import { type Json, parseJson } from './json.ts';

/** What was read, and the name of the format that read it (`none` where no format could). */
export type Read = Decoded & { format: string };

const longestDetail = 500;

/**
 * Bytes to fixes: the first step of the pipeline, pure. Parses JSON once, asks the formats of the door in order, and
 * never throws whatever comes in: what cannot be read is named in `rejected`.
 */
export function decode(input: Input): Read {
  let format: Format | undefined;
  try {
    const parsed = parsedOf(input);
    if (parsed !== undefined && 'reason' in parsed) return refused('none', { index: 0, ...parsed });
    const read: Input = parsed === undefined ? input : { ...input, json: parsed.json };
    format =
      input.source === undefined
        ? formatsAt(input.door).find((candidate) => candidate.reads(read))
        : formatNamed(input.source.format);
    if (format === undefined) {
      const asked =
        input.source?.format ??
        formatsAt(input.door)
          .map((candidate) => candidate.name)
          .join(' or ');
      return refused('none', { index: 0, reason: 'unknown-format', detail: `expected ${asked}` });
    }
    return checked(format.decode(read), format.name, input);
  } catch (error) {
    return refused(format?.name ?? 'none', rejectionOf(0, error));
  }
}

/** `$`, `{` and `[`: what sentences and JSON begin with. */
const dollar = 0x24;
const brace = 0x7b;
const bracket = 0x5b;

/** The JSON of the input, nothing where it cannot be JSON (a query, NMEA sentences), or why it is unreadable. */
function parsedOf(input: Input): Json | undefined {
  if (input.json !== undefined) return { json: input.json };
  if (input.door === 'raw' || input.door === 'osmand') {
    const first = input.bytes.find((byte) => byte > 0x20);
    if (input.door === 'raw' && first === dollar) return undefined;
    // a query or a form body; OsmAnd's JSON is always an object or a list
    if (input.door === 'osmand' && first !== brace && first !== bracket) return undefined;
  }
  return parseJson(input.bytes);
}

function refused(format: string, rejection: Rejection): Read {
  return { format, fixes: [], rejected: [shortened(rejection)] };
}

/** Behind a gateway, and from another system's topic, every fix must say whose it is; details are kept short. */
function checked(decoded: Decoded, format: string, { door, source }: Input): Read {
  const { fixes, rejected } = decoded;
  const ofMany = door === 'gateway' || source !== undefined;
  if (rejected.length === 0 && !ofMany) return Object.assign(decoded, { format });
  const known: Fix[] = [];
  const indexes: number[] = [];
  const all = rejected.map(shortened);
  for (const [at, fix] of fixes.entries()) {
    const index = decoded.indexes?.[at] ?? at;
    if (fix.deviceId === undefined && source?.device !== undefined) fix.deviceId = source.device;
    if (ofMany && fix.deviceId === undefined) {
      all.push({ index, reason: 'unknown-device', detail: 'the item does not say which device it is from' });
    } else {
      known.push(fix);
      indexes.push(index);
    }
  }
  return { ...decoded, format, fixes: known, indexes, rejected: all.sort((a, b) => a.index - b.index) };
}

function shortened(rejection: Rejection): Rejection {
  if (rejection.detail.length <= longestDetail) return rejection;
  return { ...rejection, detail: `${rejection.detail.slice(0, longestDetail - 1)}…` };
}
