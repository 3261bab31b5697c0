import type { Log } from '../log/log.ts';
import { Commands, type CommandsDeps } from '../project/commands.ts';
import { RegistryProjection } from '../project/registry.ts';
import { start, testServer } from './server.fixture.ts';

/** For tests: the server over the real registry and its commands, on a log of the test's. Both agencies exist. */
export async function registryServer(
  log: Log,
  options: Parameters<typeof testServer>[0] = {},
  deps: Parameters<typeof testServer>[1] = {},
  more: Partial<CommandsDeps> = {},
) {
  await log.start();
  const registry = new RegistryProjection({ now: () => start });
  const commands = new Commands({ log, registry, now: () => start, ...more });
  const bed = await testServer(options, {
    commands,
    ...deps,
  });
  bed.world.registry = registry.view;
  const nothing = () => {};
  const changes = {
    moved: nothing,
    van: nothing,
    consumer: nothing,
    device: nothing,
    order: nothing,
    alert: nothing,
    duplicate: false,
  };
  const end = await log.tail(null, ({ cursor, records }) => {
    for (const record of records) registry.apply(record, { before: null, after: cursor }, changes);
  });
  const { app } = await bed.server.build();
  await app.ready();
  for (const agency of ['demo', 'other']) {
    const authorization = `Bearer ${await bed.token('ADMIN', 'operator', agency)}`;
    await app.inject({ method: 'POST', url: '/api/agencies', headers: { authorization }, payload: { id: agency } });
  }
  const call =
    (bearer: string) =>
    async (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object, headers = {}) => {
      const answer = await app.inject({
        method,
        url,
        headers: { authorization: `Bearer ${bearer}`, ...headers },
        ...(body === undefined ? {} : { payload: body }),
      });
      return {
        status: answer.statusCode,
        headers: answer.headers,
        text: answer.body,
        body: answer.body === '' ? null : answer.json(),
      };
    };
  return {
    ...bed,
    app,
    log,
    registry: registry.view,
    commands,
    admin: call(await bed.token('ADMIN')),
    dispatcher: call(await bed.token('DISPATCHER')),
    driver: call(await bed.token('DELIVERY_PARTNER', 'ravi')),
    consumer: call(await bed.token('CUSTOMER', 'c1')),
    stranger: call(await bed.token('ADMIN', 'asha', 'other')),
    call,
    remove: async () => {
      end();
      await app.close();
      await bed.remove();
    },
  };
}
export type RegistryServer = Awaited<ReturnType<typeof registryServer>>;
