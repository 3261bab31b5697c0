import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { Type } from 'typebox';
import { type ConsumerMarker, encodeMarkers, type MarkerState, markerStates } from '../../protocol/consumer-markers.ts';
import { Consumer } from '../../protocol/registry.ts';
import { noOrders } from '../domain/order-view.ts';
import type { World } from '../project/world.ts';
import { type Access, staff } from './access.ts';
import { signedIn } from './auth.ts';
import { tagged } from './change.ts';
import { notFound } from './problem.ts';
import type { App } from './validation.ts';
import { consumerFor } from './visible.ts';

/**
 * Short numbers for consumers, given when they are first asked for and never to another one. They are this daemon's, in
 * this life of it, which `epoch` names: a client that meets another epoch asks for all markers again.
 */
export class ConsumerNumbers {
  readonly epoch: string = randomUUID();
  #agencies = new Map<string, { numbers: Map<string, number>; ids: string[] }>();

  of(agency: string, id: string): number {
    let known = this.#agencies.get(agency);
    if (known === undefined) {
      known = { numbers: new Map(), ids: [] };
      this.#agencies.set(agency, known);
    }
    let number = known.numbers.get(id);
    if (number === undefined) {
      number = known.ids.push(id) - 1;
      known.numbers.set(id, number);
    }
    return number;
  }

  idOf(agency: string, number: number): string | undefined {
    return this.#agencies.get(agency)?.ids[number];
  }
}

/** Markers that are made at a time; the first 24 KB are on the wire before the rest is looked at. */
const together = 2048;
const access: Access = { roles: staff };
const tags = ['consumers'];
/** the header of the answer that names the life of the numbers */
const epochHeader = 'x-markers-epoch';

/** All consumers of the agency as dots, for those who see the whole agency. */
export function consumerMarkerRoutes({
  world,
  numbers,
  now,
}: {
  world: World;
  numbers: ConsumerNumbers;
  now: () => number;
}) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/consumers/markers',
      {
        config: { access },
        schema: {
          tags,
          summary: 'Where all consumers are, in binary (protocol/consumer-markers.ts)',
          description:
            '12 bytes each: number u24, state u8, latitude and longitude i32 (degrees × 1e7), big-endian. The header ' +
            `${epochHeader} says until when numbers mean the same; \`GET /api/consumers?markers=true\` has the text.`,
          produces: ['application/vnd.vantrail.markers'],
          response: { 200: { content: { 'application/vnd.vantrail.markers': { schema: Type.Object({}) } } } },
        },
      },
      async (request, reply) => {
        const { agency } = signedIn(request);
        reply.type('application/vnd.vantrail.markers').header('cache-control', 'no-store');
        reply.header(epochHeader, numbers.epoch);
        return reply.send(Readable.from(pieces(world, numbers, agency)) as never);
      },
    );

    app.get(
      '/api/consumers/markers/:number',
      {
        config: { access },
        schema: {
          tags,
          summary: 'The consumer behind a marker',
          params: Type.Object({ number: Type.Integer({ minimum: 0, maximum: 0xffffff }) }),
          querystring: Type.Object({ epoch: Type.String({ maxLength: 64 }) }, { additionalProperties: false }),
          response: { 200: Consumer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const id = numbers.idOf(viewer.agency, request.params.number);
        if (id === undefined || request.query.epoch !== numbers.epoch) throw notFound();
        return tagged(reply, consumerFor(world, viewer, id, now()).thing);
      },
    );
  };
}

async function* pieces(world: World, numbers: ConsumerNumbers, agency: string): AsyncGenerator<Uint8Array> {
  let markers: ConsumerMarker[] = [];
  for (const { id, latitude, longitude } of world.registry.consumers(agency)) {
    if (latitude === undefined || longitude === undefined) continue;
    markers.push({ number: numbers.of(agency, id), state: stateOf(world, agency, id), latitude, longitude });
    if (markers.length < together) continue;
    yield encodeMarkers(markers);
    markers = [];
    await setImmediate();
  }
  if (markers.length > 0) yield encodeMarkers(markers);
}

/** What the newest of the consumer's recent orders is at. */
function stateOf({ orders = noOrders }: World, agency: string, consumerId: string): MarkerState {
  let newest: { state: string; bookedAt: number } | undefined;
  for (const order of orders.recentOf(agency, { consumerId })) {
    if (newest === undefined || order.bookedAt > newest.bookedAt) newest = order;
  }
  return markerStates.find((state) => state === newest?.state) ?? 'none';
}
