import { Type } from 'typebox';
import { Id } from '../../protocol/registry.ts';
import type { World } from '../project/world.ts';
import { signedIn } from './auth.ts';
import type { App } from './validation.ts';
import { deviceFor, rolesThatManage } from './visible.ts';

/** Trackers have little memory; more than this in one message is nothing they take, characters. */
const mostCharacters = 8192;

export interface DeviceCommandDeps {
  world: World;
  /** brings a command to a device wherever it is connected; answers whether it was delivered */
  command: (username: string, payload: string) => Promise<boolean>;
  now: () => number;
}

/** Commands to a tracker: what its maker's manual says, sent as it is to the device's command topic. */
export function deviceCommandRoutes({ world, command, now }: DeviceCommandDeps) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/devices/:id/command',
      {
        config: { access: { roles: rolesThatManage('devices') } },
        schema: {
          tags: ['devices'],
          summary: 'Send a command to a device that listens to its command topic',
          params: Type.Object({ id: Id }),
          body: Type.Object(
            { payload: Type.String({ minLength: 1, maxLength: mostCharacters, description: 'sent as UTF-8' }) },
            { additionalProperties: false },
          ),
          response: {
            200: Type.Object({
              delivered: Type.Boolean({
                description: 'false: the device is not connected, does not listen, or did not acknowledge within 10 s',
              }),
            }),
          },
        },
      },
      async (request, reply) => {
        const { username } = deviceFor(world, signedIn(request), request.params.id, now());
        reply.header('cache-control', 'no-store');
        return { delivered: await command(username, request.body.payload) };
      },
    );
  };
}
