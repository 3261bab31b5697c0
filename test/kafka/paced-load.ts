import type { Log } from '../../daemon/log/log.ts';
import type { LogRecord } from '../../protocol/record.ts';

/** Positions at a steady pace into a log, and what became of them; for tests and soaks that break things meanwhile. */
export interface PacedLoad {
  /** numbers the log has confirmed, by agency */
  acknowledged: ReadonlyMap<string, ReadonlySet<number>>;
  sent: number;
  /** errors the log has answered with, and how often */
  refused: ReadonlyMap<string, number>;
  /** ms: the longest time without an acknowledgement */
  longestStall: number;
  /** sends nothing more; resolves when everything is answered */
  stop(): Promise<void>;
}

export interface PaceOptions {
  perSecond: number;
  agencies: number;
}

/** ms between two turns */
const tick = 10;

export function startLoad(log: Log, { perSecond, agencies }: PaceOptions): PacedLoad {
  const acknowledged = new Map<string, Set<number>>();
  const refused = new Map<string, number>();
  for (let i = 0; i < agencies; i++) acknowledged.set(`agency-${i}`, new Set());
  const began = performance.now();
  let waiting = 0;
  let lastAnswer = began;
  let whenAnswered = () => {};
  const load = { acknowledged, refused, sent: 0, longestStall: 0, stop };
  const timer = setInterval(() => {
    // A timer may come late; the pace is kept by the clock.
    const due = ((performance.now() - began) * perSecond) / 1000;
    while (load.sent < due) send(load.sent++);
  }, tick);

  function send(number: number): void {
    const agency = `agency-${number % agencies}`;
    waiting++;
    log.append([numbered(number, agency)], (error) => {
      const now = performance.now();
      load.longestStall = Math.max(load.longestStall, now - lastAnswer);
      lastAnswer = now;
      if (error === undefined) acknowledged.get(agency)?.add(number);
      else refused.set(error.message, (refused.get(error.message) ?? 0) + 1);
      if (--waiting === 0) whenAnswered();
    });
  }

  async function stop(): Promise<void> {
    clearInterval(timer);
    if (waiting === 0) return;
    await new Promise<void>((resolve) => {
      whenAnswered = resolve;
    });
  }
  return load;
}

function numbered(number: number, agency: string): LogRecord {
  const value = {
    device: `van-${number % 40}`,
    fixTime: number,
    receivedAt: Date.now(),
    latitude: 21.1,
    longitude: 79,
  };
  return { topic: 'positions', agency, value };
}

/** What reached a reader. */
export class Arrivals {
  /** numbers in the order they came, by agency */
  readonly byAgency = new Map<string, number[]>();
  /** ms: the longest time between two batches */
  longestGap = 0;
  count = 0;
  #last: number | undefined;

  add(records: readonly LogRecord[]): void {
    const now = performance.now();
    this.longestGap = Math.max(this.longestGap, now - (this.#last ?? now));
    this.#last = now;
    for (const { agency, value } of records) {
      const numbers = this.byAgency.get(agency) ?? [];
      this.byAgency.set(agency, numbers);
      numbers.push((value as { fixTime: number }).fixTime);
      this.count++;
    }
  }
}

/** Everything a log has. */
export async function readBack(log: Log): Promise<Arrivals> {
  const arrivals = new Arrivals();
  for await (const { records } of log.read(null, ['positions'])) arrivals.add(records);
  return arrivals;
}

/** How many acknowledged records did not arrive, how many came twice, and how many after a later one of their agency. */
export function compare(
  acknowledged: PacedLoad['acknowledged'],
  { byAgency }: Arrivals,
): { lost: number; doubled: number; disordered: number } {
  let [lost, doubled, disordered] = [0, 0, 0];
  for (const [agency, numbers] of acknowledged) {
    const arrived = byAgency.get(agency) ?? [];
    const once = new Set(arrived);
    doubled += arrived.length - once.size;
    for (const number of numbers) if (!once.has(number)) lost++;
    let newest = -1;
    for (const number of once) {
      if (number < newest) disordered++;
      newest = Math.max(newest, number);
    }
  }
  return { lost, doubled, disordered };
}
