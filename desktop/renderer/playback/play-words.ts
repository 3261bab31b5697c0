import type { Stretch } from '../../shared/bridge.ts';
import { clockTime, dateOf } from '../format.ts';
import { words } from '../words.ts';
import type { PlayedPlace } from './played-trail.ts';
import { dayAt, dayPeriod } from './zone-time.ts';

/** A period in words: `Fri 20 Nov`, or from when to when. */
export function periodText({ from, to }: Stretch, zone: string, now: number): string {
  const day = dayPeriod(dayAt(from, zone), zone);
  // Of the present day there is no more than until now.
  const isWholeDay = day?.from === from && (day.to === to || (to < day.to && now < day.to));
  if (isWholeDay) return dateOf(from, zone);
  const isOneDay = day !== undefined && to <= day.to;
  const end = isOneDay ? clockTime(to, zone) : `${dateOf(to, zone)} ${clockTime(to, zone)}`;
  return `${dateOf(from, zone)} ${clockTime(from, zone)} – ${end}`;
}

/** What a van does at the played time: `34 km/h`, or why there is no speed. */
export function stateText({ state, speed }: PlayedPlace): string {
  return state === 'moving' && speed !== undefined ? `${Math.round(speed)} ${words.kmh}` : words.playback.state[state];
}

/** A length of time in hours and minutes. */
export function hoursText(ms: number): string {
  const minutes = Math.round(ms / 60_000);
  return words.playback.hoursMinutes(Math.floor(minutes / 60), minutes % 60);
}
