import { cancelOrder, failOrder, reattemptOrder, startOrder } from '../daemon/domain/decide-order.ts';
import { deliverOrder } from '../daemon/domain/decide-order-delivery.ts';
import { assignOrder, unassignOrder } from '../daemon/domain/decide-run.ts';
import type { Decide } from '../daemon/domain/decision.ts';
import { AgencyDay } from '../daemon/project/agency-day.fixture.ts';
import type { Order } from '../protocol/order.ts';
import type { SharedLog } from './race-rounds.ts';

export interface Burst {
  name: string;
  winners: number;
  /** why the others did not win, each reason once */
  others: string[];
  /** whether both daemons had the same order afterwards */
  same: boolean;
  /** the daemon whose caller won */
  wonAt: number;
}

const agency = 'pune';
const id = 'o1';

/**
 * Two daemons on one log are given `many` commands about one order at once, half of them each, all decided on the version
 * that their callers had seen; then again about what became of it, through the life of an order.
 */
export async function orderBursts(shared: SharedLog, many: number): Promise<Burst[]> {
  const first = await AgencyDay.ofPune({ log: await shared.open(0), started: true });
  const second = await AgencyDay.begin({ log: await shared.open(1), started: true });
  const daemons = [first, second];
  const bursts: Burst[] = [];
  const version = (day: AgencyDay) => day.orders.order(agency, id)?.version ?? 0;
  /** Both know as much as the one that knows most. */
  const settled = async () => {
    const head = () => daemons.map((day) => JSON.stringify(day.orders.order(agency, id)));
    for (let quiet = 0; quiet < 100; ) {
      await new Promise((resolve) => setImmediate(resolve));
      quiet = head()[0] === head()[1] ? quiet + 1 : 0;
    }
  };
  type Act = (day: AgencyDay, i: number) => Decide<Order>;
  const burst = async (name: string, act: Act) => {
    await settled();
    const ifMatch = version(first);
    const answers = await Promise.all(
      Array.from({ length: many }, (_, i) => {
        const day = daemons[i % 2] as AgencyDay;
        return day.commands.execute(act(day, i), { actor: `test:${i}`, ifMatch });
      }),
    );
    await settled();
    const won = answers.flatMap((answer, i) => (answer.ok ? [i] : []));
    bursts.push({
      name,
      winners: won.length,
      others: [...new Set(answers.flatMap((answer) => (answer.ok ? [] : [answer.kind])))],
      same: version(first) === ifMatch + 1,
      wonAt: (won[0] ?? -1) % 2,
    });
  };
  try {
    await first.booked(id, 'c1');
    await burst('assign', ({ orders }, i) => assignOrder(orders, agency, id, { vanId: i % 3 === 0 ? 'v1' : 'v2' }));
    await burst('take off or start', ({ orders }, i) =>
      i % 3 === 0 ? unassignOrder(orders, agency, id) : startOrder(orders, agency, id),
    );
    if (first.orders.order(agency, id)?.state === 'booked') {
      await burst('assign again', ({ orders }) => assignOrder(orders, agency, id, { vanId: 'v1' }));
    }
    if (first.orders.order(agency, id)?.state === 'assigned') {
      await burst('start', ({ orders }) => startOrder(orders, agency, id));
    }
    await burst('fail', ({ orders }, i) => failOrder(orders, agency, id, `reason ${i}`));
    await burst('re-attempt', ({ orders }) => reattemptOrder(orders, agency, id));
    await burst('assign for good', ({ orders }) => assignOrder(orders, agency, id, { vanId: 'v2' }));
    await burst('start again', ({ orders }) => startOrder(orders, agency, id));
    await burst('deliver or cancel', ({ orders }, i) =>
      i % 3 === 0
        ? cancelOrder(orders, agency, id)
        : deliverOrder(orders, agency, id, { confirmation: 'none', reason: 'a race' }),
    );
    return bursts;
  } finally {
    for (const day of daemons) await day.end();
    await shared.close();
  }
}
