/**
 * Positions on the wire, binary. Little-endian; 20 bytes a position.
 *
 *   frame    := kind:u8(=1) version:u8(=1) cursorBytes:u16 cursor:utf8 padding(to 4) base:f64 count:u32 position*
 *   position := index|battery:u32 latitude:i32 longitude:i32 time:i32 speed:u16 course|ignition:u16
 *
 *   index|battery    low 24 bits: the subject's index; high 8 bits: battery in %, 255 unknown
 *   latitude …       1e-6 degrees
 *   time             fixTime minus base, ms
 *   speed            0.1 km/h, 65535 unknown
 *   course|ignition  low 12 bits: 0.1 degrees, 4095 unknown; bits 12-13: 0 off, 1 on, 3 unknown
 *
 * A fix whose time lies more than 24 days from the others goes into a frame of its own, so one call may give several.
 */
export interface FramePosition {
  index: number;
  fixTime: number;
  latitude: number;
  longitude: number;
  speed?: number;
  course?: number;
  battery?: number;
  ignition?: boolean;
}

const positionBytes = 20;
const unknownSpeed = 0xffff;
const unknownCourse = 0xfff;
const unknownBattery = 0xff;
const unknownIgnition = 3;
const utf8 = { encode: new TextEncoder(), decode: new TextDecoder() };

/** Encodes positions into one frame (more only when their times lie weeks apart). */
export function encodePositions(cursor: string, positions: readonly FramePosition[]): Uint8Array<ArrayBuffer>[] {
  const first = positions[0];
  if (first === undefined) return [];
  const base = first.fixTime;
  const together: FramePosition[] = [];
  const apart: FramePosition[] = [];
  for (const position of positions) {
    (Math.abs(position.fixTime - base) < 0x7fffffff ? together : apart).push(position);
  }
  const cursorUtf8 = utf8.encode.encode(cursor);
  const start = (4 + cursorUtf8.length + 3) & ~3;
  const bytes = new Uint8Array(start + 12 + together.length * positionBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 1);
  view.setUint8(1, 1);
  view.setUint16(2, cursorUtf8.length, true);
  bytes.set(cursorUtf8, 4);
  view.setFloat64(start, base, true);
  view.setUint32(start + 8, together.length, true);
  let at = start + 12;
  for (const position of together) {
    const battery = position.battery === undefined ? unknownBattery : Math.round(position.battery);
    view.setUint32(at, ((battery << 24) | (position.index & 0xffffff)) >>> 0, true);
    view.setInt32(at + 4, Math.round(position.latitude * 1e6), true);
    view.setInt32(at + 8, Math.round(position.longitude * 1e6), true);
    view.setInt32(at + 12, position.fixTime - base, true);
    view.setUint16(at + 16, position.speed === undefined ? unknownSpeed : Math.round(position.speed * 10), true);
    const course = position.course === undefined ? unknownCourse : Math.round(position.course * 10) % 3600;
    const ignition = position.ignition === undefined ? unknownIgnition : Number(position.ignition);
    view.setUint16(at + 18, course | (ignition << 12), true);
    at += positionBytes;
  }
  return apart.length === 0 ? [bytes] : [bytes, ...encodePositions(cursor, apart)];
}

/** Decodes one frame. Throws RangeError when the bytes are not a whole frame of this version. */
export function decodePositions(bytes: Uint8Array): { cursor: string; positions: FramePosition[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 16 || view.getUint8(0) !== 1 || view.getUint8(1) !== 1) {
    throw new RangeError('not a position frame of version 1');
  }
  const cursorBytes = view.getUint16(2, true);
  const start = (4 + cursorBytes + 3) & ~3;
  if (bytes.length < start + 12) throw new RangeError('a position frame ends before its positions');
  const cursor = utf8.decode.decode(bytes.subarray(4, 4 + cursorBytes));
  const base = view.getFloat64(start, true);
  const count = view.getUint32(start + 8, true);
  if (bytes.length !== start + 12 + count * positionBytes) {
    throw new RangeError(`a position frame of ${bytes.length} bytes cannot hold ${count} positions`);
  }
  const positions: FramePosition[] = [];
  for (let at = start + 12; at < bytes.length; at += positionBytes) {
    const head = view.getUint32(at, true);
    const battery = head >>> 24;
    const tenths = view.getUint16(at + 16, true);
    const tail = view.getUint16(at + 18, true);
    const tenthDegrees = tail & 0xfff;
    const on = (tail >> 12) & 3;
    const index = head & 0xffffff;
    const fixTime = base + view.getInt32(at + 12, true);
    const latitude = view.getInt32(at + 4, true) / 1e6;
    const longitude = view.getInt32(at + 8, true) / 1e6;
    const speed = tenths / 10;
    const course = tenthDegrees / 10;
    const ignition = on === 1;
    const isWhole =
      battery !== unknownBattery && tenths !== unknownSpeed && tenthDegrees !== unknownCourse && on !== unknownIgnition;
    if (isWhole) {
      // Made at once and not field by field: a screen decodes 10,000 a second.
      positions.push({ index, fixTime, latitude, longitude, battery, speed, course, ignition });
      continue;
    }
    const position: FramePosition = { index, fixTime, latitude, longitude };
    if (battery !== unknownBattery) position.battery = battery;
    if (tenths !== unknownSpeed) position.speed = speed;
    if (tenthDegrees !== unknownCourse) position.course = course;
    if (on !== unknownIgnition) position.ignition = ignition;
    positions.push(position);
  }
  return { cursor, positions };
}
