import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Viewer } from '../../protocol/claims.ts';
import { Consumer, Id } from '../../protocol/registry.ts';
import { type AddConsumer, addConsumer, changeConsumer, removeConsumer } from '../domain/decide-consumer.ts';
import { consumerShown } from '../domain/order-shown.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { type Access, staff } from './access.ts';
import { signedIn } from './auth.ts';
import { type By, byOf, carryOut, tagged } from './change.ts';
import type { ConsumerNumbers } from './consumer-markers.ts';
import { problemOf } from './errors.ts';
import { next, pageOf, pageQuery, readCursor } from './keyset.ts';
import type { Problem } from './problem.ts';
import { type App, invalid } from './validation.ts';
import { consumerFor, consumerRights, rolesThatManage } from './visible.ts';

const { version: _version, suggestedPin: _suggested, ...fields } = Consumer.properties;
const NewConsumer = Type.Object(fields, { additionalProperties: false });
const orNone = <S extends TSchema>(schema: S) => Type.Optional(Type.Union([schema, Type.Null()]));
const ConsumerChange = Type.Object(
  {
    number: orNone(fields.number),
    name: Type.Optional(fields.name),
    phone: orNone(fields.phone),
    address: orNone(fields.address),
    pincode: orNone(fields.pincode),
    latitude: orNone(fields.latitude),
    longitude: orNone(fields.longitude),
    pinSource: orNone(fields.pinSource),
    language: orNone(fields.language),
    notes: orNone(fields.notes),
  },
  { additionalProperties: false, description: 'null takes a field away' },
);
const check = Compile(NewConsumer);

/** One line of the answer to a list. */
const ItemAnswer = Type.Object({
  index: Type.Integer(),
  id: Type.Optional(Type.String()),
  status: Type.Integer({ description: '201, or as if it had come alone' }),
  version: Type.Optional(Type.Integer()),
  type: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  request: Type.Optional(Type.String({ description: 'its outcome is not known yet: ask `GET /api/requests/{id}`' })),
});
const mostItems = 1000;
const ConsumerPage = Type.Object({
  items: Type.Array(Type.Object({ ...Consumer.properties, marker: Type.Optional(Type.Integer()) })),
  next,
  epoch: Type.Optional(Type.String({ description: 'until when the numbers mean the same (consumer-markers.ts)' })),
});

const readers: Access = { roles: [...staff, 'DELIVERY_PARTNER', 'CUSTOMER'] };
const writers: Access = { roles: rolesThatManage('consumers') };
const params = Type.Object({ id: Id });
const tags = ['consumers'];

/** The consumers of the agency. */
export function consumerRoutes(deps: {
  world: World;
  commands: Pick<Commands, 'execute'>;
  now: () => number;
  /** of the markers on the map */
  numbers?: ConsumerNumbers;
}) {
  const { world, commands } = deps;

  /** One of a list: whatever happens to it is its own answer, except that nothing can be kept at all. */
  const addOne = async (viewer: Viewer, by: By, item: unknown, index: number) => {
    const id = idOf(item);
    const named = { index, ...(id === undefined ? {} : { id }) };
    try {
      const added = await carryOut(commands, addConsumer(viewer.agency, checked(item)), by);
      return { ...named, status: 201, version: added.version };
    } catch (error) {
      const problem = problemOf(error);
      if (problem.status >= 500 && problem.status !== 503) throw error;
      const { status, type, message: detail, request } = problem;
      return { ...named, status, type, detail, ...(request === undefined ? {} : { request }) };
    }
  };

  return async (app: App): Promise<void> => {
    app.get(
      '/api/consumers',
      {
        config: { access: readers },
        schema: {
          tags,
          summary: 'The consumers that the caller may see',
          querystring: Type.Object(
            {
              ...pageQuery(100, 1000),
              query: Type.Optional(
                Type.String({ maxLength: 100, description: 'part of the name, address, phone, pincode, number or id' }),
              ),
              markers: Type.Optional(
                Type.Boolean({ default: false, description: 'with the number of each on the map (see `epoch`)' }),
              ),
            },
            { additionalProperties: false },
          ),
          response: { 200: ConsumerPage },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { agency } = viewer;
        const { cursor, limit = 100, query = '', markers = false } = request.query;
        const matches = matcher(query);
        const now = deps.now();
        reply.header('cache-control', 'no-store');
        const page = pageOf(world.registry.consumers(agency), {
          after: readCursor(cursor),
          limit,
          keep: (consumer) =>
            consumerRights(world, viewer, consumer.id, now).see && matches(consumerShown(viewer, consumer)),
        });
        const items = page.items.map((consumer) => consumerShown(viewer, consumer));
        // Numbers tell how many consumers there are: only who sees them all is told.
        const numbers = staff.includes(viewer.role) && markers ? deps.numbers : undefined;
        if (numbers === undefined) return { items, next: page.next };
        const numbered = items.map((consumer) => ({ ...consumer, marker: numbers.of(agency, consumer.id) }));
        return { items: numbered, next: page.next, epoch: numbers.epoch };
      },
    );

    app.get(
      '/api/consumers/:id',
      { config: { access: readers }, schema: { tags, summary: 'One consumer', params, response: { 200: Consumer } } },
      async (request, reply) =>
        tagged(reply, consumerFor(world, signedIn(request), request.params.id, deps.now()).thing),
    );

    app.post(
      '/api/consumers',
      {
        config: { access: writers },
        // Checked item by item below: one wrong line must not turn away the other 999.
        validatorCompiler: () => (data: unknown) => ({ value: data }),
        schema: {
          tags,
          summary: 'Add a consumer, or a list of up to 1000 that is answered item by item',
          body: Type.Union([NewConsumer, Type.Array(NewConsumer, { maxItems: mostItems })]),
          response: {
            201: Consumer,
            200: Type.Object({ items: Type.Array(ItemAnswer) }, { description: 'the answer to a list' }),
          },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const by = byOf(request);
        const body: unknown = request.body;
        reply.header('cache-control', 'no-store');
        if (!Array.isArray(body)) {
          const added = await carryOut(commands, addConsumer(viewer.agency, checked(body)), by);
          return reply.code(201).header('location', `/api/consumers/${added.id}`).send(tagged(reply, added));
        }
        if (body.length > mostItems) throw tooMany(body.length);
        return { items: await Promise.all(body.map((item, index) => addOne(viewer, by, item, index))) };
      },
    );

    app.patch(
      '/api/consumers/:id',
      {
        config: { access: writers },
        schema: { tags, summary: 'Change a consumer', params, body: ConsumerChange, response: { 200: Consumer } },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = consumerFor(world, viewer, request.params.id, deps.now()).thing;
        const changed = changeConsumer(viewer.agency, { ...request.body, id });
        return tagged(reply, await carryOut(commands, changed, byOf(request)));
      },
    );

    app.delete(
      '/api/consumers/:id',
      {
        config: { access: writers },
        schema: {
          tags,
          summary: 'Remove a consumer and erase the personal fields',
          params,
          response: { 204: Type.Null() },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { id } = consumerFor(world, viewer, request.params.id, deps.now()).thing;
        await carryOut(commands, removeConsumer(viewer.agency, id), byOf(request));
        return reply.code(204).send(null);
      },
    );
  };
}

function checked(item: unknown): AddConsumer {
  if (check.Check(item)) return item;
  throw invalid('', check.Errors(item));
}

function idOf(item: unknown): string | undefined {
  const id = typeof item === 'object' && item !== null && 'id' in item ? item.id : undefined;
  return typeof id === 'string' ? id.slice(0, 64) : undefined;
}

function tooMany(count: number): Problem {
  const message = `must NOT have more than ${mostItems} items`;
  return invalid('', [{ keyword: 'maxItems', instancePath: '', params: { count }, message }]);
}

/** Whether a consumer has all the words of a query somewhere. Spaces in telephone numbers do not count. */
function matcher(query: string): (consumer: Consumer) => boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return () => true;
  return ({ id, number = '', name: called, address = '', pincode = '', phone = '' }) => {
    const text = `${id} ${number} ${called} ${address} ${pincode} ${phone.replace(/\s/g, '')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  };
}
