import type { Format, Input } from '../format.ts';
import { deliveryLocation } from './delivery-location.ts';
import { flespi } from './flespi.ts';
import { native } from './native.ts';
import { nmea } from './nmea.ts';
import { openSky } from './opensky.ts';
import { osmAnd } from './osmand.ts';
import { ownTracks } from './owntracks.ts';
import { plain } from './plain.ts';
import { teltonika } from './teltonika.ts';
import { thingsBoard } from './thingsboard.ts';
import { traccar } from './traccar.ts';

/**
 * Every payload format, in the order in which they are asked. Our own comes first because nearly every message is in
 * it; then those with a mark nobody else has (`_type`, `state.reported`, `$…`, `attributes`, `ident`, `partner_id`,
 * `icao24`); plain JSON last, because it would read almost anything, in km/h where others mean knots.
 */
export const formats: readonly Format[] = [
  native,
  ownTracks,
  teltonika,
  thingsBoard,
  osmAnd,
  nmea,
  traccar,
  flespi,
  deliveryLocation,
  openSky,
  plain,
];

/** What may come through which door. A door made for one format takes no other: a mistaken address shows at once. */
const welcome: Readonly<Record<Input['door'], readonly Format[]>> = {
  position: [native, plain],
  http: [native],
  owntracks: [ownTracks],
  teltonika: [teltonika],
  thingsboard: [thingsBoard],
  osmand: [osmAnd],
  raw: [nmea, ownTracks, teltonika, traccar, flespi, plain],
  gateway: [traccar, flespi, deliveryLocation, openSky, plain],
};

const askedAt = new Map<Input['door'], readonly Format[]>();
for (const [door, welcomed] of Object.entries(welcome) as [Input['door'], readonly Format[]][]) {
  askedAt.set(
    door,
    formats.filter((format) => welcomed.includes(format)),
  );
}

/** The formats to ask at a door, in order. */
export function formatsAt(door: Input['door']): readonly Format[] {
  return askedAt.get(door) ?? [];
}

/** The format of this name: where a message's format is configured (`--kafka-source`), no other is asked. */
export function formatNamed(name: string): Format | undefined {
  return formats.find((format) => format.name === name);
}
