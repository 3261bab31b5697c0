import { join } from 'node:path';
import { pino } from 'pino';
import { addAgency } from '../domain/decide-agency.ts';
import type { Log } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { BatchCommands } from '../project/batch-commands.ts';
import { Commands } from '../project/commands.ts';
import { DeadLettersProjection } from '../project/dead-letters.ts';
import { PlaceIndex } from '../project/place-index.ts';
import { PlaceIntake } from '../project/place-intake.ts';
import { PlacesProjection } from '../project/places.ts';
import { Projector } from '../project/projector.ts';
import { RegistryProjection } from '../project/registry.ts';
import { locationUpdateRoutes } from './location-updates.ts';
import { placeListRoutes } from './place-lists.ts';
import { placeRoutes } from './places.ts';
import { start, testServer } from './server.fixture.ts';
import type { App, Routes } from './validation.ts';

const logger = pino({ level: 'silent' });

/** For tests: the server over real projections of consumers and places, on a log of the test's. Two agencies exist. */
export async function placesServer(log: Log = new MemoryLog(), more: (bed: PlacesBed) => Routes[] = () => []) {
  await log.start();
  const registry = new RegistryProjection();
  const { verdicts } = registry;
  const places = new PlacesProjection({ verdicts });
  const deadLetters = new DeadLettersProjection({ now: () => start });
  const commands = new Commands({ log, registry, now: () => start });
  const routes: Routes[] = [];
  const bed = await testServer(
    {},
    {
      commands,
      plugins: [async (app) => void (await Promise.all(routes.map((each) => app.register(each))))],
    },
  );
  const truth = join(bed.folder, 'projections.sqlite');
  const projector = new Projector({ log, file: truth, projections: [registry, places, deadLetters], logger });
  await projector.start();
  await projector.caughtUp;
  const index = new PlaceIndex({ places, truth, logger });
  await index.start();
  const batch = new BatchCommands({ log, view: registry.view, verdicts, now: () => start });
  const consumerBatch = new BatchCommands({ log, view: registry.view, verdicts, now: () => start });
  const intake = new PlaceIntake({ places, batch, log, deadLetters, now: () => start });
  bed.world.registry = registry.view;
  const health = () => ({ writable: log.status().writable, lag: 0, indexLag: index.status().behind });
  const parts = { ...bed, log, registry, places, index, intake, commands, consumerBatch, projector, deadLetters };
  routes.push(placeRoutes({ finder: index }));
  routes.push(locationUpdateRoutes({ places, finder: index, batch, health }), placeListRoutes({ intake }));
  routes.push(...more(parts));
  for (const id of ['demo', 'other']) await commands.execute(addAgency({ id }), { actor: 'operator' });
  const { app } = await bed.server.build();
  await app.ready();
  return {
    ...parts,
    app,
    as: await callers(app, bed),
    remove: async () => {
      await app.close();
      await index.stop();
      await projector.stop();
      await log.stop();
      await bed.remove();
    },
  };
}
export type PlacesServer = Awaited<ReturnType<typeof placesServer>>;
type PlacesBed = Omit<PlacesServer, 'app' | 'as' | 'remove'>;

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

async function callers(app: App, bed: Awaited<ReturnType<typeof testServer>>) {
  const call =
    (bearer: string) =>
    async (method: Method, url: string, body?: object | string, headers = {}) => {
      const answer = await app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${bearer}`, ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      const isJson =
        /json/.test(String(answer.headers['content-type'])) && !/ndjson/.test(String(answer.headers['content-type']));
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.body,
        bytes: answer.rawPayload,
        body: isJson ? answer.json() : null,
      };
    };
  return {
    admin: call(await bed.token('ADMIN')),
    dispatcher: call(await bed.token('DISPATCHER')),
    driver: call(await bed.token('DELIVERY_PARTNER', 'ravi')),
    consumer: call(await bed.token('CUSTOMER', 'c1')),
    service: call(await bed.token('INTERNAL_SERVICE', 'feeder', 'demo', ['places:write'])),
    reader: call(await bed.token('INTERNAL_SERVICE', 'looker', 'demo', ['positions:read'])),
    stranger: call(await bed.token('ADMIN', 'asha', 'other')),
    operator: call(await bed.token('ADMIN', 'operator', 'gazetteer')),
  };
}
