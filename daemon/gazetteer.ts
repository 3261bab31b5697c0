import type { Logger } from 'pino';
import type { Config } from './config.ts';
import { Addresses } from './geocode/addresses.ts';
import { Doors } from './geocode/doors.ts';
import { Nominatim } from './geocode/nominatim.ts';
import { Photon } from './geocode/photon.ts';
import { PoliteGeocoder } from './geocode/polite.ts';
import { VanAddresses } from './geocode/van-addresses.ts';
import { consumerImportRoutes } from './http/consumer-import.ts';
import { geocodeRoutes } from './http/geocode.ts';
import { locationUpdateRoutes } from './http/location-updates.ts';
import { placeListRoutes } from './http/place-lists.ts';
import { placeRoutes } from './http/places.ts';
import type { Log } from './log/log.ts';
import { BatchCommands } from './project/batch-commands.ts';
import { PlaceIndex } from './project/place-index.ts';
import { PlaceIntake } from './project/place-intake.ts';
import type { Projections } from './projections.ts';
import type { SharedLog } from './shared-log.ts';

/** Where things are: the gazetteer, addresses both ways, and the lists that bring places and consumers in. */
export function gazetteer(deps: {
  config: Pick<Config, 'geocoder' | 'geocoderUrl'>;
  version: string;
  log: Log;
  shared: SharedLog | undefined;
  projections: Projections;
  /** the file of the projections */
  file: string;
  logger: Logger;
}) {
  const { config, version, log, shared, projections, file, logger } = deps;
  const { registry, places, deadLetters, projector } = projections;
  const { view, verdicts } = registry;
  const index = new PlaceIndex({ places, truth: file, logger });
  const batch = new BatchCommands({ log, view, verdicts, now: Date.now });
  const intake = new PlaceIntake({ places, batch, log, deadLetters, now: Date.now });
  const doors = new Doors({ registry: view });
  projector.onChange((change) => doors.changed(change));
  const remote = geocoderOf(config, version);
  const addresses = new Addresses({ doors, places: index, ...(remote === undefined ? {} : { remote }) });
  const vanAddresses = new VanAddresses({ addresses });
  const health = () => {
    const { writable, problem } = log.status();
    const lag = shared === undefined ? 0 : (shared.log.counts().lag ?? null);
    return { writable, lag, indexLag: index.status().behind, ...(problem === undefined ? {} : { problem }) };
  };
  return {
    /** to be started after the projections have caught up */
    index,
    intake,
    vanAddresses,
    plugins: [
      placeRoutes({ finder: index }),
      locationUpdateRoutes({ places, finder: index, batch, health }),
      placeListRoutes({ intake }),
      geocodeRoutes({ addresses, now: Date.now }),
      consumerImportRoutes({ view, batch, now: Date.now }),
    ],
  };
}

/** The service outside that is asked for what nothing of ours knows; undefined: none. */
function geocoderOf({ geocoder, geocoderUrl }: Pick<Config, 'geocoder' | 'geocoderUrl'>, version: string) {
  if (geocoder === 'none' || geocoderUrl === undefined) return undefined;
  const options = { url: geocoderUrl, userAgent: `vantrail/${version}` };
  return new PoliteGeocoder(geocoder === 'photon' ? new Photon(options) : new Nominatim(options));
}
