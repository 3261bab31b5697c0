import { atResolution, type Position } from './position.ts';

/** A point of a trail: a position, plus why it is not believed (it never becomes a live position). */
export interface TrailPoint extends Omit<Position, 'device'> {
  mark?: 'jump' | 'inaccurate';
}

/** The point a position leaves in its device's trail: at the resolution everything is kept at, and no −0. */
export function trailPointOf(position: Position): TrailPoint {
  const { fixTime, receivedAt, latitude, longitude, speed, course, altitude, accuracy, battery, ignition } =
    atResolution(position);
  const point: TrailPoint = { fixTime, receivedAt, latitude: latitude + 0, longitude: longitude + 0 };
  if (speed !== undefined) point.speed = speed + 0;
  if (course !== undefined) point.course = course + 0;
  if (altitude !== undefined) point.altitude = altitude + 0;
  if (accuracy !== undefined) point.accuracy = accuracy + 0;
  if (battery !== undefined) point.battery = battery + 0;
  if (ignition !== undefined) point.ignition = ignition;
  return point;
}
