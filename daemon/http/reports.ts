import { Readable } from 'node:stream';
import { Type } from 'typebox';
import { rightsOn } from '../../protocol/access.ts';
import { Day } from '../../protocol/order.ts';
import { Id } from '../../protocol/registry.ts';
import { dayAt, isDay } from '../domain/order-day.ts';
import { dayStart } from '../domain/zone-schedule.ts';
import type { DayReports } from '../project/day-reports.ts';
import type { World } from '../project/world.ts';
import { staff } from './access.ts';
import { signedIn } from './auth.ts';
import { badField, notFound, type Problem } from './problem.ts';
import { EvidenceAnswer } from './reports-evidence.ts';
import { csvReport, htmlReport, jsonReport, pagePolicy, type ReportHead } from './reports-formats.ts';
import type { App } from './validation.ts';

export interface ReportDeps {
  world: Pick<World, 'registry'>;
  reports: Pick<DayReports, 'days'>;
  /** the name of a driver, for those who may see accounts; absent: the id is shown */
  driverName?: (agency: string, driverId: string) => string | undefined;
  /** UTC ms */
  now: () => number;
}

/** Days of one request: a quarter of a year, and of one with every order in it a month. */
const mostDays = 92;
const mostDetailed = 31;
const count = Type.Integer({ minimum: 0 });
const metres = Type.Integer({ minimum: 0, description: 'm' });
const span = Type.Number({ minimum: 0, description: 'ms' });

const numbers = {
  distance: metres,
  driving: Type.Optional(span),
  trips: Type.Optional(count),
  stops: Type.Optional(count),
  delivered: count,
  failed: count,
  late: Type.Integer({ minimum: 0, description: 'of those that ended, after their 48 hours' }),
  withCode: count,
  codeRate: Type.Optional(Type.Number({ minimum: 0, maximum: 1 })),
  cylindersOut: Type.Integer({ minimum: 0, description: 'full ones that went out for what ended that day' }),
  cylindersDelivered: count,
  cylindersBack: Type.Integer({ minimum: 0, description: 'brought back full' }),
  empties: count,
  atDoors: span,
  silence: span,
  ghosts: Type.Integer({ minimum: 0, description: 'without the code, or with no stay of the van at the door' }),
  unknown: Type.Integer({ minimum: 0, description: 'deliveries of which that cannot be said' }),
};
const Outcome = Type.Object({
  orderId: Id,
  consumerId: Id,
  attempt: count,
  at: count,
  what: Type.Enum(['delivered', 'failed']),
  vanId: Type.Optional(Id),
  driverId: Type.Optional(Id),
  bookedAt: count,
  dueAt: count,
  outAt: Type.Optional(count),
  cylinders: count,
  late: Type.Boolean(),
  evidence: Type.Optional(EvidenceAnswer),
});

const Report = Type.Object({
  day: Day,
  vanId: Type.Optional(Id),
  driverId: Type.Optional(Id),
  ...numbers,
  outcomes: Type.Optional(Type.Array(Outcome)),
});

/** Reports of past days: by day, by van, by driver. */
export function reportRoutes({ world, reports, driverName, now }: ReportDeps) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/reports/days',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['reports'],
          summary: 'What was done on past days: by day, by van, or by driver',
          description:
            `At most ${mostDays} days of the agency's time zone. The page (html) is made for printing. In CSV, a text ` +
            'that a spreadsheet would run as a formula has an apostrophe before it.',
          produces: ['application/json', 'text/csv', 'text/html'],
          querystring: Type.Object(
            {
              from: Type.Optional({ ...Day, description: 'the first day; default: `to`' }),
              to: Type.Optional({ ...Day, description: 'the last day, included; default: today' }),
              by: Type.Optional(Type.Enum(['day', 'van', 'driver'], { default: 'day' })),
              format: Type.Optional(Type.Enum(['json', 'csv', 'html'], { default: 'json' })),
              detail: Type.Optional(
                Type.Boolean({
                  default: false,
                  description: `json only, at most ${mostDetailed} days: every order that ended, with the evidence`,
                }),
              ),
            },
            { additionalProperties: false },
          ),
          response: {
            200: {
              content: {
                'application/json': {
                  schema: Type.Object({
                    from: Day,
                    to: Day,
                    by: Type.String(),
                    timeZone: Type.String(),
                    items: Type.Array(Report),
                    total: Type.Object(numbers),
                    next: Type.Null(),
                  }),
                },
                'text/csv': { schema: Type.String() },
                'text/html': { schema: Type.String() },
              },
            },
          },
        },
      },
      async (request, reply) => {
        const viewer = signedIn(request);
        const agency = world.registry.agency(viewer.agency);
        const may = rightsOn(viewer, { kind: 'events', agency: viewer.agency }, now());
        if (agency === undefined || !may.see) throw notFound();
        const { by = 'day', format = 'json', detail = false } = request.query;
        const { timeZone, language } = agency;
        const to = dayOf('to', request.query.to ?? dayAt(now(), timeZone));
        const from = dayOf('from', request.query.from ?? to);
        const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
        if (days < 1) throw refusal('from', 'maximum', 'must not be after to');
        if (detail && format !== 'json') throw refusal('detail', 'format', 'goes with format=json only');
        const most = detail ? mostDetailed : mostDays;
        if (days > most) throw refusal('to', 'maximum', `must be less than ${most} days after from`);
        // The day after the last one begins where the last one ends, however long it is.
        const after = new Date(Date.parse(to) + 86_400_000).toISOString().slice(0, 10);
        const period = { from: dayStart(from, timeZone), to: dayStart(after, timeZone) };
        const head: ReportHead = {
          ...{ agency: agency.name, timeZone, language, by, from, to },
          nameOf: (of) => {
            if ('vanId' in of) return world.registry.van(agency.id, of.vanId)?.name ?? of.vanId;
            return driverName?.(agency.id, of.driverId) ?? of.driverId;
          },
        };
        const found = reports.days(agency.id, period, { by, detail });
        reply.header('cache-control', 'no-store');
        const name = `report-${by}-${from}-${to}`;
        if (format === 'csv') {
          reply.type('text/csv; charset=utf-8; header=present');
          reply.header('content-disposition', `attachment; filename="${name}.csv"`);
          return reply.send(Readable.from(csvReport(head, found)) as never);
        }
        if (format === 'html') {
          reply.type('text/html; charset=utf-8').header('content-security-policy', pagePolicy);
          return reply.send(Readable.from(htmlReport(head, found)) as never);
        }
        reply.type('application/json; charset=utf-8');
        return reply.send(Readable.from(jsonReport(head, found)) as never);
      },
    );
  };
}

function dayOf(name: string, day: string): string {
  if (isDay(day)) return day;
  throw refusal(name, 'format', 'is no day that there is');
}

function refusal(name: string, rule: string, message: string): Problem {
  return badField(`query/${name}`, rule, message);
}
