import type { LatLon } from '../../protocol/geo.ts';

/** What a service outside knows of a place. */
export interface RemoteAddress extends LatLon {
  text: string;
  pincode?: string;
}

/**
 * An address look-up outside. It is asked only when nothing of our own answers, since what is asked for may be where
 * somebody lives. Rejects when it does not answer, or answers what cannot be read.
 */
export interface RemoteGeocoder {
  /** to be shown beside what it says */
  readonly attribution: string;
  /** best first; near a point first where one is given */
  search(text: string, near: LatLon | undefined, signal: AbortSignal): Promise<RemoteAddress[]>;
  /** what is at a point; null: nothing known */
  reverse(point: LatLon, signal: AbortSignal): Promise<RemoteAddress | null>;
}

export interface RemoteOptions {
  /** of the service, without a path: `https://nominatim.example.org` */
  url: string;
  /** names us and a way to reach the operator, as the services' rules ask for */
  userAgent: string;
}

/** Asks for JSON. The service's own words on an error are not passed on. */
export async function getJson(url: URL, { userAgent }: RemoteOptions, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(url, {
    headers: { accept: 'application/json', 'user-agent': userAgent },
    redirect: 'error',
    signal,
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new Error(`${url.host} answered ${response.status}`);
  }
  return response.json();
}

/** A number from JSON that writes some of them as text. */
export function degreesOf(value: unknown, most: number): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Math.abs(number) <= most ? number : undefined;
}

/** A text of a length that is shown in one line. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 300) : undefined;
}
