import type { Arrival } from './arrival.ts';
import { type ConsumerWords, consumerWords, type Language } from './consumer-words.ts';
import type { Order } from './order.ts';
import { type ShownRange, steadyRange } from './steady-range.ts';

/** What the consumer's page is made from, at the daemon and in the browser alike. */
export interface Tracked {
  order: Pick<Order, 'id' | 'state' | 'cylinders' | 'dueAt' | 'endedAt' | 'arrivedAt' | 'awayOn' | 'delivery'>;
  /** absent: nobody knows when it comes */
  arrival?: Arrival | undefined;
  /** of the van, UTC ms; absent: it has told no position */
  fixTime?: number | undefined;
  agency: { name: string; timeZone: string };
}

/** What is told about an order, in the order in which it is read. */
export interface Told {
  headline: string;
  /** the estimate, as large as the headline; absent: there is none */
  estimate?: string;
  details: string[];
  /** the range the estimate says, to be held on to */
  range?: ShownRange;
  receipt?: { name: string; value: string }[];
}

/** A position that is older than this is called so, ms. */
const oldAfter = 2 * 60_000;

/** The words of the page at `now` (UTC ms). `shown`: the range that stands on the screen. */
export function toldOf(tracked: Tracked, language: Language, now: number, shown?: ShownRange): Told {
  const { order, agency } = tracked;
  const words = consumerWords[language];
  const clock = clockOf(language, agency.timeZone);
  const away = isAway(order, agency.timeZone, now) ? [words.away] : [];
  switch (order.state) {
    case 'booked':
      return { headline: words.booked, details: [words.bookedDetail(clock.day(order.dueAt)), ...away] };
    case 'assigned':
      return { headline: words.assigned, details: [words.assignedDetail, ...away] };
    case 'out-for-delivery':
      return onItsWay(tracked, { words, clock, away }, now, shown);
    case 'delivered': {
      const { full = order.cylinders, empties = 0 } = order.delivery ?? {};
      const number = new Intl.NumberFormat(locales[language]);
      return {
        headline: words.delivered,
        details: [words.deliveredDetail(agency.name)],
        receipt: [
          { name: words.receiptTime, value: clock.day(order.endedAt ?? now) },
          { name: words.receiptFull, value: number.format(full) },
          { name: words.receiptEmpties, value: number.format(empties) },
          { name: words.receiptOrder, value: order.id },
        ],
      };
    }
    case 'failed':
      return { headline: words.failed, details: [words.failedDetail] };
    case 'cancelled':
      return { headline: words.cancelled, details: [words.cancelledDetail] };
  }
}

function onItsWay(
  { order, arrival, fixTime }: Tracked,
  { words, clock, away }: { words: ConsumerWords; clock: Clock; away: string[] },
  now: number,
  shown?: ShownRange,
): Told {
  const old = fixTime === undefined ? undefined : now - fixTime;
  const age =
    old === undefined ? [words.positionNone] : old >= oldAfter ? [words.positionAge(Math.floor(old / 60_000))] : [];
  if (order.arrivedAt !== undefined) {
    return { headline: words.arrived, details: [words.arrivedDetail, ...age] };
  }
  if (arrival === undefined) return { headline: words.out, details: [...age, ...away] };
  const range = steadyRange(shown, arrival, now);
  const before = arrival.stopsBefore === 0 ? words.nextStop : words.stopsBefore(arrival.stopsBefore);
  const late = now > order.dueAt ? [words.late] : [];
  return {
    headline: words.out,
    estimate: words.between(clock.time(range.from), clock.time(range.until)),
    details: [before, ...age, ...late, ...away],
    range,
  };
}

/** Whether the consumer has said that he is not at home on the day of `now` (UTC ms). */
export function isAway({ awayOn }: Pick<Order, 'awayOn'>, timeZone: string, now: number): boolean {
  // Swedish writes dates as ISO 8601 does.
  return awayOn !== undefined && awayOn === new Intl.DateTimeFormat('sv-SE', { timeZone }).format(now);
}

const locales: Record<Language, string> = { en: 'en-IN', hi: 'hi-IN' };

interface Clock {
  time(at: number): string;
  day(at: number): string;
}

/** Times as they are told in the agency's zone. */
export function clockOf(language: Language, timeZone: string): Clock {
  const clock = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  const time = new Intl.DateTimeFormat(locales[language], { timeZone, ...clock });
  const day = new Intl.DateTimeFormat(locales[language], { timeZone, day: 'numeric', month: 'long', ...clock });
  return { time: (at) => time.format(at), day: (at) => day.format(at) };
}

/** A distance for people: whole tens of metres near by, kilometres with one digit further away. */
export function distanceIn(language: Language, metres: number): string {
  const words = consumerWords[language];
  if (metres < 950) return words.metres(Math.max(10, Math.round(metres / 10) * 10));
  const number = new Intl.NumberFormat(locales[language], { maximumFractionDigits: metres < 9950 ? 1 : 0 });
  return words.kilometres(number.format(metres / 1000));
}
