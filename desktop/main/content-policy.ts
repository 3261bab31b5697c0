import { feedAddress } from './server-address.ts';

/** Hosts that base maps come from; the one of an own style comes with the server's answer. */
const mapOrigins = [
  'https://tiles.openfreemap.org',
  'https://api.mapbox.com',
  'https://events.mapbox.com',
  'https://*.tiles.mapbox.com',
];

/**
 * What a page may load and where it may connect: itself, its server's feed, its map. No inline code, no eval, no inline
 * styles. Answers of the daemon come over our own scheme, so its address is here for the feed alone.
 */
export function contentPolicy(server: string | undefined, ownMap: readonly string[] = []): string {
  const maps = [...mapOrigins, ...ownMap.filter((each) => /^https?:\/\/[a-z0-9.:[\]-]+$/i.test(each))];
  const feed = server === undefined ? [] : [new URL(feedAddress(server)).origin];
  const directives: Record<string, string[]> = {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:', ...maps],
    'font-src': ["'self'"],
    'connect-src': ["'self'", ...feed, ...maps],
    'worker-src': ["'self'", 'blob:'],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}
