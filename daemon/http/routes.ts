import { Type } from 'typebox';
import type { LatLon } from '../../protocol/geo.ts';
import { Day } from '../../protocol/order.ts';
import { Latitude, Longitude } from '../../protocol/position.ts';
import { Id } from '../../protocol/registry.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { ByRoad, Metres, RunStops, type RunStopsDeps, Seconds, type Stop, Unlocated } from './routes-stops.ts';
import type { App } from './validation.ts';
import { vanFor } from './visible.ts';

/** What is known of ways (`daemon/route/roads.ts`): it answers within seconds, with straight lines where nothing is. */
export interface LegLookup {
  /** from each point to the next; m, s */
  legs(
    agency: string,
    points: readonly LatLon[],
  ): Promise<{ metres: number; seconds: number; by: 'road' | 'straight'; line: readonly LatLon[] }[]>;
}

const RouteAnswer = Type.Object(
  {
    vanId: Id,
    day: Day,
    start: Type.Union([
      Type.Object({
        kind: Type.Union([Type.Literal('van'), Type.Literal('godown'), Type.Literal('stop')]),
        latitude: Latitude,
        longitude: Longitude,
      }),
      Type.Null(),
    ]),
    legs: Type.Array(
      Type.Object({
        orderId: Id,
        metres: Metres,
        seconds: Seconds,
        by: ByRoad,
        end: Type.Integer({ minimum: 0, description: 'index of the coordinate of the line at which it ends' }),
      }),
      { description: 'to each open stop, in the order of the run; none to the first where the line starts there' },
    ),
    metres: Metres,
    seconds: Seconds,
    by: ByRoad,
    line: Type.Union([
      Type.Object({
        type: Type.Literal('LineString'),
        coordinates: Type.Array(Type.Tuple([Longitude, Latitude])),
      }),
      Type.Null(),
    ]),
    unlocated: Unlocated,
  },
  { $id: 'RouteAnswer' },
);

/** The line of a run for the map. */
export function routeRoutes(deps: RunStopsDeps & { roads: LegLookup }) {
  const { world, roads, now } = deps;
  const runs = new RunStops(deps);
  return async (app: App): Promise<void> => {
    app.get(
      '/api/vans/:id/route',
      {
        config: { access: { roles: [...staff, 'DELIVERY_PARTNER'] } },
        schema: {
          tags: ['runs'],
          summary: "The line of a van's run of today: from where it is, through the open stops",
          params: Type.Object({ id: Id }),
          response: { 200: RouteAnswer },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const van = vanFor(world, viewer, request.params.id, now());
        const day = runs.today(viewer.agency);
        const { stops, unlocated } = runs.open(viewer, van.thing.id, day);
        const start = stops.length === 0 ? null : runs.start(viewer, van, day, stops);
        const ahead = start?.kind === 'stop' ? stops.slice(1) : stops;
        const points = start === null ? [] : [start, ...ahead.map(({ place }) => place)];
        const legs = points.length < 2 ? [] : await roads.legs(viewer.agency, points);
        reply.header('cache-control', 'no-store');
        return { vanId: van.thing.id, day, start, ...drawn(legs, ahead), unlocated };
      },
    );
  };
}

/** One line over all legs, and where on it each ends. */
function drawn(legs: Awaited<ReturnType<LegLookup['legs']>>, stops: readonly Stop[]) {
  const coordinates: [number, number][] = [];
  const shown = legs.map(({ metres, seconds, by, line }, i) => {
    for (const { latitude, longitude } of line) {
      const last = coordinates.at(-1);
      if (last?.[0] !== longitude || last[1] !== latitude) coordinates.push([longitude, latitude]);
    }
    return { orderId: stops[i]?.orderId ?? '', metres, seconds, by, end: Math.max(0, coordinates.length - 1) };
  });
  const onRoad = legs.filter(({ by }) => by === 'road').length;
  const by = onRoad === 0 ? ('straight' as const) : onRoad === legs.length ? ('road' as const) : ('mixed' as const);
  return {
    legs: shown,
    metres: legs.reduce((sum, leg) => sum + leg.metres, 0),
    seconds: legs.reduce((sum, leg) => sum + leg.seconds, 0),
    by,
    line: coordinates.length < 2 ? null : { type: 'LineString' as const, coordinates },
  };
}
