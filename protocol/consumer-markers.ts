/**
 * The consumers of an agency as dots on a map, in binary: 60,000 are 720 KB, where their JSON is 15 MB. Their text comes
 * by pages, and says which number each consumer has.
 *
 *   body   = { marker }                               12 bytes each, big-endian
 *   marker = number u24, state u8, latitude i32, longitude i32      degrees × 1e7
 *
 * `number` is the consumer's at this daemon since its start (see `epoch` of the answer), never reused. `state` is what
 * `markerStates` says. Who has no position has no marker.
 */
export interface ConsumerMarker {
  number: number;
  state: MarkerState;
  latitude: number;
  longitude: number;
}

/** What the consumer's newest order is at; `none`: nothing is under way. New ones are added at the end. */
export const markerStates = ['none', 'booked', 'assigned', 'out-for-delivery', 'delivered', 'failed'] as const;
export type MarkerState = (typeof markerStates)[number];

export const markerBytes = 12;
/** of degrees; 1e-7 is a centimetre */
const scale = 1e7;

export function encodeMarkers(markers: readonly ConsumerMarker[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(markers.length * markerBytes);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { number, state, latitude, longitude } of markers) {
    if (!Number.isInteger(number) || number < 0 || number > 0xffffff) throw new RangeError(`${number} is no 24 bits`);
    view.setUint32(at, number * 256 + Math.max(0, markerStates.indexOf(state)));
    view.setInt32(at + 4, Math.round(latitude * scale));
    view.setInt32(at + 8, Math.round(longitude * scale));
    at += markerBytes;
  }
  return bytes;
}

/** Markers of a whole body, or of a piece of it that was cut between two. Throws RangeError for other pieces. */
export function decodeMarkers(bytes: Uint8Array): ConsumerMarker[] {
  if (bytes.length % markerBytes !== 0) throw new RangeError(`${bytes.length} bytes are no whole markers`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / markerBytes }, (_, i) => {
    const at = i * markerBytes;
    const head = view.getUint32(at);
    return {
      number: head >>> 8,
      state: markerStates[head & 0xff] ?? 'none',
      latitude: view.getInt32(at + 4) / scale,
      longitude: view.getInt32(at + 8) / scale,
    };
  });
}
