import { addConsumer } from '../daemon/domain/decide-consumer.ts';
import { bookOrder, startOrder } from '../daemon/domain/decide-order.ts';
import { assignOrder } from '../daemon/domain/decide-run.ts';
import { addVan } from '../daemon/domain/decide-van.ts';
import { visible } from '../daemon/feed/audience.ts';
import { audienceOf } from '../daemon/feed/audience-of.ts';
import { noChanges } from '../daemon/feed/changes.ts';
import { AgencyDay } from '../daemon/project/agency-day.fixture.ts';
import { shows } from '../protocol/access.ts';
import type { Viewer } from '../protocol/claims.ts';
import { forComparison, lessIsBetter, median, type Row } from './row.ts';

const consumers = 2000;
const vans = 40;
const ticks = 50;

/**
 * Who may see a position: each tick moves every van, and each of 2,000 consumers who wait for a cylinder is given what
 * concerns him. In µs a position and viewer; beside it what it costs to look again at what one may see, after a change.
 */
export async function visibilityBench(): Promise<Row[]> {
  const day = await AgencyDay.ofPune();
  const agency = 'pune';
  for (let i = 0; i < vans; i++) await day.does(addVan(agency, { id: `van-${i}` }));
  const viewers: Viewer[] = [];
  for (let i = 0; i < consumers; i++) {
    const id = `consumer-${i}`;
    await day.does(addConsumer(agency, { id, name: id }));
    await day.does(bookOrder(day.orders, agency, { id: `order-${i}`, consumerId: id, cylinders: 1 }));
    await day.does(assignOrder(day.orders, agency, `order-${i}`, { vanId: `van-${i % vans}` }));
    await day.does(startOrder(day.orders, agency, `order-${i}`));
    viewers.push({ role: 'CUSTOMER', agency, subject: id, scopes: new Set(), expiresAt: Number.POSITIVE_INFINITY });
  }
  const look = () => viewers.map((viewer) => audienceOf(viewer, day.registry.view, day.now, day.world));
  const looks: number[] = [];
  for (let round = 0; round < 5; round++) {
    const began = performance.now();
    look();
    looks.push(((performance.now() - began) * 1000) / viewers.length);
  }
  const audiences = look();
  const moved = new Set(Array.from({ length: vans }, (_, i) => `van-${i}`));
  const changes = { ...noChanges(), moved };
  const rounds: number[] = [];
  let shown = 0;
  for (let tick = 0; tick < ticks; tick++) {
    const began = performance.now();
    for (const audience of audiences) {
      for (const id of visible(audience, changes).moved) {
        if (audience.kind !== 'some') continue;
        const rights = audience.vans.get(id);
        if (rights !== undefined && shows(rights, day.now + 1)) shown++;
      }
    }
    rounds.push(((performance.now() - began) * 1000) / (viewers.length * moved.size));
  }
  await day.end();
  if (shown !== ticks * consumers) throw new Error(`${shown} positions were shown, not one a consumer and tick`);
  return [
    lessIsBetter('visibility: a position and viewer', median(rounds), 1, 1, 'µs'),
    forComparison('visibility: looking again at what a consumer may see, beside 100', median(looks), 100, 'µs'),
  ];
}
