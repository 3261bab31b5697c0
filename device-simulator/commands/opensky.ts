import { readFile } from 'node:fs/promises';
import type { Credential } from '../link/keys.ts';
import { type Bounds, OpenSkyClient } from '../opensky/client.ts';
import { makeFlights } from '../opensky/flights.ts';
import { Sky } from '../opensky/sky.ts';
import type { Aircraft } from '../opensky/states.ts';
import { count, type Option, text, time, UsageError } from '../options.ts';
import { flespi } from '../vans/payload.ts';
import { type Context, command, limited, rest } from './command.ts';
import { type Connection, connect, connectionOptions, secretFile } from './connection.ts';

const gatewayId = 'opensky-gateway';
/** States in one message, about 200 bytes each. */
const batch = 200;
const draining = 6000;

const bbox: Option<Bounds> = {
  help: 'the area: lamin,lomin,lamax,lomax in degrees (write --bbox=… when it begins with a minus)',
  value: 'AREA',
  initial: { lamin: 19, lomin: 76, lamax: 23.5, lomax: 81.5 },
  read: (given) => {
    const [lamin, lomin, lamax, lomax, more] = given
      .split(',')
      .map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
    const isArea =
      lamin !== undefined && lomin !== undefined && lamax !== undefined && lomax !== undefined && more === undefined;
    if (!isArea || !(lamin >= -90 && lamax <= 90 && lamin < lamax && lomin >= -180 && lomax <= 180 && lomin < lomax)) {
      throw new Error('must be lamin,lomin,lamax,lomax, the lower one first');
    }
    return { lamin, lomin, lamax, lomax };
  },
};

export const opensky = command({
  summary: 'aircraft from the OpenSky Network, or own flights while it does not answer',
  usage: '[options]',
  options: {
    ...connectionOptions,
    bbox,
    interval: time('between two calls to OpenSky, and between fixes of own flights', 10_000, 5000, 3_600_000),
    credentials: text('FILE', 'OpenSky’s credentials.json; or OPENSKY_CLIENT_ID and OPENSKY_CLIENT_SECRET(_FILE)'),
    flights: count('N', 'own flights while OpenSky does not answer', 12, 0, 500),
    seed: count('N', 'of the own flights', 1, 0, 2 ** 31),
  },
  async run({ values, rest: extra }, context) {
    if (extra.length > 0) throw new UsageError(`opensky takes no ${extra[0]}`);
    const credentials = await readCredentials(values.credentials, context.env);
    const connection = await connect(values, context);
    if (!connection.mayRegister)
      throw new UsageError('--token: needed, because aircraft are registered as they appear');
    const signal = limited(context.signal, values.duration);
    const gateway = await connection.registration.device({ id: gatewayId, type: 'gateway' });
    await connection.keys.save();
    const client = new OpenSkyClient({
      fetch,
      now: Date.now,
      bounds: values.bbox,
      signal,
      ...(credentials ? { credentials } : {}),
    });
    const sky = new Sky({
      poll: () => client.poll(),
      flights: makeFlights(values.seed, values.bbox, values.flights),
      now: Date.now,
      random: Math.random,
      deliver: deliverer(connection, gateway, context),
      say: context.say,
      interval: values.interval,
    });
    try {
      while (!signal.aborted) {
        const next = await sky.turn();
        context.status(connection.publishers.line);
        await rest(next - Date.now(), signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await connection.publishers.stop(draining);
    }
  },
});

/** Registers aircraft never seen before and sends the fixes of all that are known, behind one gateway device. */
function deliverer({ registration, publishers }: Connection, gateway: Credential, context: Context) {
  const publisher = publishers.open(gatewayId, gateway);
  const known = new Set<string>();
  let failure = '';
  return async (aircraft: readonly Aircraft[]): Promise<void> => {
    const fresh = aircraft.filter(({ icao24 }) => !known.has(icao24));
    try {
      await registration.all(fresh, async ({ icao24, name }) => {
        await registration.van({ id: icao24, name, kind: 'aircraft' });
        await registration.deviceBehind({ id: icao24, type: 'tracker', vanId: icao24, gatewayId });
        known.add(icao24);
      });
      failure = '';
    } catch (error) {
      const { message } = error as Error;
      if (message !== failure && !context.signal.aborted) context.say(`new aircraft cannot be registered: ${message}`);
      failure = message;
    }
    const messages = aircraft.filter(({ icao24 }) => known.has(icao24)).map(({ icao24, fix }) => flespi(fix, icao24));
    for (let i = 0; i < messages.length; i += batch) {
      publisher.publish(`vantrail/${gateway.username}/gateway`, JSON.stringify(messages.slice(i, i + batch)));
    }
  };
}

async function readCredentials(file: string, env: Context['env']): Promise<{ id: string; secret: string } | undefined> {
  if (file === '') {
    const id = env.OPENSKY_CLIENT_ID ?? '';
    const secret = env.OPENSKY_CLIENT_SECRET || (await secretFile(env, 'OPENSKY_CLIENT_SECRET_FILE'));
    return id && secret ? { id, secret } : undefined;
  }
  try {
    const { clientId, clientSecret } = JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
    if (typeof clientId === 'string' && typeof clientSecret === 'string') return { id: clientId, secret: clientSecret };
  } catch (error) {
    throw new UsageError(`--credentials: ${file} cannot be read (${(error as Error).message})`);
  }
  throw new UsageError(`--credentials: ${file} has no clientId and clientSecret`);
}
