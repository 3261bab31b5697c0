import { Type } from 'typebox';
import type { LatLon } from '../../protocol/geo.ts';
import { Day } from '../../protocol/order.ts';
import { why } from '../../protocol/refusal-text.ts';
import { Id } from '../../protocol/registry.ts';
import { signedIn } from './auth.ts';
import { tagged } from './change.ts';
import { Problem } from './problem.ts';
import { ByRoad, Metres, RunStops, type RunStopsDeps, Seconds, Unlocated } from './routes-stops.ts';
import type { App } from './validation.ts';
import { rolesThatManage, vanFor } from './visible.ts';

/** m, s */
interface Way {
  metres: number;
  seconds: number;
}

/** What finds orders of stops (`daemon/route/roads.ts`): within seconds, and never a slower one than there is. */
export interface OrderFinder {
  suggestOrder(
    agency: string,
    start: LatLon,
    stops: readonly LatLon[],
    end?: LatLon,
  ): Promise<{ order: number[]; before: Way; after: Way; by: 'road' | 'straight' | 'mixed' }>;
}

const Length = Type.Object({ metres: Metres, seconds: Seconds });
const SuggestedOrder = Type.Object(
  {
    vanId: Id,
    day: Day,
    version: Type.Integer({ description: 'of the run, for the If-Match of the plan' }),
    stops: Type.Array(Id, { description: 'the open orders in the suggested order; those without a position last' }),
    changed: Type.Boolean({ description: 'whether it is another order than the present one' }),
    before: Length,
    after: Length,
    by: ByRoad,
    unlocated: Unlocated,
  },
  { $id: 'SuggestedOrder' },
);
const nowhere = { metres: 0, seconds: 0 };

/** A better order for a run. Nothing is changed here: whoever likes it plans the run. */
export function suggestedOrderRoutes(deps: RunStopsDeps & { roads: OrderFinder }) {
  const { world, roads, now } = deps;
  const runs = new RunStops(deps);
  return async (app: App): Promise<void> => {
    app.post(
      '/api/vans/:id/run/suggested-order',
      {
        config: { access: { roles: rolesThatManage('runs') } },
        schema: {
          tags: ['runs'],
          summary:
            'A quicker order for the open stops of a run, and what it saves. It is planned by PUT /api/vans/{id}/run',
          params: Type.Object({ id: Id }),
          querystring: Type.Object(
            {
              day: Type.Optional(Day),
              end: Type.Optional(
                Type.Union([Type.Literal('open'), Type.Literal('godown')], {
                  default: 'open',
                  description: 'whether the way back to the godown counts',
                }),
              ),
            },
            { additionalProperties: false, description: 'without a day: today' },
          ),
          response: { 200: SuggestedOrder },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const { agency } = viewer;
        const van = vanFor(world, viewer, request.params.id, now());
        const vanId = van.thing.id;
        const { day = runs.today(agency) } = request.query;
        const end = request.query.end === 'godown' ? (runs.godown(agency) ?? noGodown()) : undefined;
        const { run, stops, unlocated } = runs.open(viewer, vanId, day);
        const start = runs.start(viewer, van, day, stops);
        const places = stops.map(({ place }) => place);
        const { order, ...found } =
          start === null
            ? { order: [], before: nowhere, after: nowhere, by: 'straight' as const }
            : await roads.suggestOrder(agency, start, places, end);
        return tagged(reply, {
          vanId,
          day,
          version: run.version,
          stops: [...order.map((i) => stops[i]?.orderId ?? ''), ...unlocated],
          changed: order.some((stop, i) => stop !== i),
          ...found,
          unlocated,
        });
      },
    );
  };
}

function noGodown(): never {
  const message = 'must be open: the agency has set no godown';
  throw new Problem(400, 'invalid', why('no-godown', { where: 'query/end' }), {
    errors: [{ path: 'query/end', rule: 'state', message }],
  });
}
