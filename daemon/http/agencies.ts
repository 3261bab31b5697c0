import { Type } from 'typebox';
import { Agency } from '../../protocol/registry.ts';
import { addAgency } from '../domain/decide-agency.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut } from './change.ts';
import { notFound, Problem } from './problem.ts';
import type { App } from './validation.ts';

const { id, name, timeZone, language, latitude, longitude } = Agency.properties;
const NewAgency = Type.Object(
  {
    id,
    name: Type.Optional(name),
    timeZone: Type.Optional(timeZone),
    language: Type.Optional(language),
    latitude,
    longitude,
  },
  { additionalProperties: false },
);

/** Agencies are separate worlds; each sees itself alone. */
export function agencyRoutes(deps: { world: World; commands: Pick<Commands, 'execute'> }) {
  const { world, commands } = deps;
  return async (app: App): Promise<void> => {
    app.post(
      '/api/agencies',
      {
        config: { access: 'operator' },
        schema: {
          tags: ['agency'],
          summary: 'Add an agency (the operator, by `npm run agency`)',
          body: NewAgency,
          response: { 201: Agency },
        },
      },
      async (request, reply) => {
        // The operator's token is made for the one agency it adds, so that it can do nothing else anywhere else.
        if (signedIn(request).agency !== request.body.id) {
          throw new Problem(403, 'forbidden', 'The token is for another agency.');
        }
        const agency = await carryOut(commands, addAgency(request.body), byOf(request));
        return reply.code(201).header('cache-control', 'no-store').send(agency);
      },
    );

    app.get(
      '/api/agency',
      {
        config: { access: { roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'CUSTOMER', 'INTERNAL_SERVICE'] } },
        schema: { tags: ['agency'], summary: "The caller's own agency", response: { 200: Agency } },
      },
      async (request, reply) => {
        const agency = world.registry.agency(signedIn(request).agency);
        if (agency === undefined) throw notFound();
        reply.header('cache-control', 'no-store');
        return agency;
      },
    );
  };
}
