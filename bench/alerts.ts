import { watchStep } from '../daemon/domain/condition-watch.ts';
import { AlertBed, minute, nine } from '../daemon/project/alerts.fixture.ts';
import { tidy } from '../daemon/project/story.fixture.ts';
import { presetRules } from '../protocol/alert-rules.ts';
import { seededRandom } from '../test/random.ts';
import { lessIsBetter, median, type Row } from './row.ts';

/**
 * What alerts cost: looking at every one of 10,000 vans (each 15 s), at the 700 that sent something within the last
 * second, and watching a fix. Real registry, live positions and health; one van in a hundred is silent.
 */
const vans = 10_000;
const changed = 700;
/** µs a van, or a fix */
const mostPerVan = 15;
const mostPerFix = 1;

export async function alertsBench(): Promise<Row[]> {
  const bed = await AlertBed.ofPune(vans);
  const heard = (van: number, minutes: number) => (van % 100 === 0 ? Math.min(minutes, 3) : minutes);
  for (let minutes = 0; minutes <= 10; minutes += 0.5) {
    bed.clock.now = nine + minutes * minute;
    const sent = Array.from({ length: vans }, (_, i) => i + 1).filter((van) => heard(van, minutes) === minutes);
    await bed.tell(...sent.map((van) => bed.fix(van, minutes, { speed: 30, battery: 90, ignition: true })));
  }
  const timed = () => {
    const before = process.cpuUsage();
    bed.tick();
    const { user, system } = process.cpuUsage(before);
    return user + system;
  };
  timed();
  const all: number[] = [];
  for (let i = 0; i < 15; i++) {
    bed.clock.now += 15_000;
    all.push(timed() / vans);
  }
  const some: number[] = [];
  for (let i = 0; i < 14; i++) {
    bed.clock.now += 1000;
    const minutes = (bed.clock.now - nine) / minute;
    await bed.tell(
      ...Array.from({ length: changed }, (_, k) => bed.fix(((k * 13) % vans) + 1, minutes, { speed: 30 })),
    );
    some.push(timed() / changed);
  }
  const open = [...bed.view.open('pune')].length;
  await bed.end();
  await bed.log.stop();
  tidy();
  if (open === 0) throw new Error('nothing was found, so nothing was measured');
  return [
    lessIsBetter('alerts: all vans looked at, CPU a van (limit)', median(all), mostPerVan, 1, 'µs'),
    lessIsBetter('alerts: those that sent something, CPU a van (limit)', median(some), 2 * mostPerVan, 1, 'µs'),
    lessIsBetter('alerts: a fix watched (limit)', perFix(), mostPerFix, 1, 'µs'),
  ];
}

function perFix(): number {
  const { 'over-speed': fast, 'battery-low': low, 'off-route': off } = presetRules;
  const limits = { speed: fast.limit, battery: low.percent, off: off.metres };
  const step = watchStep({ limits: () => limits });
  const random = seededRandom(1);
  const states = Array.from({ length: vans }, () => step.initial());
  const times: number[] = [];
  for (let round = 0; round < 30; round++) {
    const fixes = states.map(() => ({
      fixTime: nine + round * 30_000,
      latitude: 18.52,
      longitude: 73.85 + random() / 100,
      speed: random() * 70,
      battery: 90 - random() * 3,
      ignition: true,
    }));
    const before = process.cpuUsage();
    for (const [i, state] of states.entries()) {
      const fix = fixes[i];
      if (fix !== undefined) step.next(state, fix, { agency: 'pune', vanId: 'v1' }, () => {});
    }
    const { user, system } = process.cpuUsage(before);
    if (round >= 10) times.push((user + system) / vans);
  }
  return median(times);
}
