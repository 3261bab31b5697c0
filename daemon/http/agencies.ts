import { type TSchema, Type } from 'typebox';
import { settings } from '../../protocol/agency-settings.ts';
import { why } from '../../protocol/refusal-text.ts';
import { Agency } from '../../protocol/registry.ts';
import { addAgency, type ChangeAgency, changeAgency } from '../domain/decide-agency.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { signedIn } from './auth.ts';
import { byOf, carryOut, tagged } from './change.ts';
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

const orNone = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
const AgencyChange = Type.Object(
  {
    name: Type.Optional(name),
    timeZone: Type.Optional(timeZone),
    language: Type.Optional(language),
    latitude: orNone(latitude),
    longitude: orNone(longitude),
    mapCentre: orNone(settings.mapCentre),
    godown: orNone(settings.godown),
    workingHours: orNone(settings.workingHours),
    phone: orNone(settings.phone),
    quietHours: orNone(settings.quietHours),
    units: orNone(settings.units),
    motion: orNone(settings.motion),
  },
  { additionalProperties: false, description: 'null takes a setting away' },
);
/** The version is that of the settings, for If-Match. */
const Versioned = Type.Object({ ...Agency.properties, version: Type.Integer({ minimum: 1 }) });

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
          throw new Problem(403, 'forbidden', why('other-agency'));
        }
        const agency = await carryOut(commands, addAgency(request.body), byOf(request));
        return reply.code(201).header('cache-control', 'no-store').send(agency);
      },
    );

    app.get(
      '/api/agency',
      {
        config: { access: { roles: ['ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'CUSTOMER', 'INTERNAL_SERVICE'] } },
        schema: { tags: ['agency'], summary: "The caller's own agency", response: { 200: Versioned } },
      },
      async (request, reply) => {
        const { agency: id } = signedIn(request);
        const agency = world.registry.agency(id);
        if (agency === undefined) throw notFound();
        return tagged(reply, { ...agency, version: world.registry.version(id, `agency:${id}`) });
      },
    );

    app.patch(
      '/api/agency',
      {
        config: { access: { roles: ['ADMIN'] } },
        schema: {
          tags: ['agency'],
          summary: 'Change the settings of the own agency',
          body: AgencyChange,
          response: { 200: Versioned },
        },
      },
      async (request, reply) => {
        // The schema keeps null from what must be there; the type of the decision cannot say so.
        const changes = request.body as ChangeAgency;
        return tagged(reply, await carryOut(commands, changeAgency(signedIn(request).agency, changes), byOf(request)));
      },
    );
  };
}
