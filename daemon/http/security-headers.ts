import type { FastifyHelmetOptions } from '@fastify/helmet';

export interface MapOrigins {
  baseMap: 'style' | 'mapbox' | 'demo' | 'land';
  mapStyle: string;
  mapHosts: readonly string[];
}

/** The origins a console may load its map from. */
export function mapOrigins({ baseMap, mapStyle, mapHosts }: MapOrigins): string[] {
  if (baseMap === 'mapbox') {
    return ['https://api.mapbox.com', 'https://events.mapbox.com', 'https://*.tiles.mapbox.com', ...mapHosts];
  }
  return baseMap === 'style' ? [new URL(mapStyle).origin, ...mapHosts] : [...mapHosts];
}

/**
 * What a page of ours may load. Scripts come from here alone, with no inline code and no eval. Styles may be inline:
 * Mantine and Mapbox GL write style elements while they run, and without a way to write markup into a page (React
 * escapes all of it) there is nobody to abuse that. Maps draw in workers made from blobs.
 */
export function helmetOptions(map: MapOrigins, tls: boolean): FastifyHelmetOptions {
  const origins = mapOrigins(map);
  return {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:', 'blob:', ...origins],
        fontSrc: ["'self'", 'data:'],
        connectSrc: ["'self'", ...origins],
        workerSrc: ["'self'", 'blob:'],
        childSrc: ['blob:'],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    // Only where there is TLS to insist on, and for this name alone.
    strictTransportSecurity: tls ? { maxAge: 15_552_000, includeSubDomains: false } : false,
    referrerPolicy: { policy: 'no-referrer' },
    frameguard: { action: 'deny' },
  };
}
