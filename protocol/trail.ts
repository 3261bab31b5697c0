import type { Position } from './position.ts';

/** A point of a trail: a position, plus why it is not believed (it never becomes a live position). */
export interface TrailPoint extends Omit<Position, 'device'> {
  mark?: 'jump' | 'inaccurate';
}

/**
 * The point a position leaves in its device's trail: at the resolution everything is kept at, and no −0. Field by
 * field, since it is made of every position: one object instead of two.
 */
export function trailPointOf(position: Position): TrailPoint {
  const { fixTime, receivedAt, latitude, longitude } = position;
  return filled({ fixTime, receivedAt, latitude: micro(latitude), longitude: micro(longitude) }, position);
}

/** The same with its device: what the live state of it is. */
export function livePositionOf(position: Position): Position {
  const { device, fixTime, receivedAt, latitude, longitude } = position;
  return filled({ device, fixTime, receivedAt, latitude: micro(latitude), longitude: micro(longitude) }, position);
}

const micro = (degrees: number): number => Math.round(degrees * 1e6) / 1e6 + 0;

function filled<T extends TrailPoint>(point: T, position: Position): T {
  const { speed, course, altitude, accuracy, battery, ignition } = position;
  if (speed !== undefined) point.speed = Math.round(speed * 10) / 10 + 0;
  if (course !== undefined) point.course = ((Math.round(course * 10) / 10) % 360) + 0;
  if (altitude !== undefined) point.altitude = Math.round(altitude) + 0;
  if (accuracy !== undefined) point.accuracy = Math.round(accuracy) + 0;
  if (battery !== undefined) point.battery = Math.round(battery) + 0;
  if (ignition !== undefined) point.ignition = ignition;
  return point;
}
