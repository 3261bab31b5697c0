import { type ArrivalFact, arrivalStep } from '../daemon/domain/arrival-step.ts';
import type { Fix } from '../daemon/domain/fold.ts';
import { type Judged, judgedWorld } from './estimates-drive.ts';
import { EstimatesWorld } from './estimates-world.ts';
import { forComparison, lessIsBetter, median, moreIsBetter, type Row } from './row.ts';

/**
 * Ten agencies of ten seeds, eight days each: three to learn from, five that are judged. The estimator's numbers were
 * chosen on seeds 1000 to 1039, which are not measured here.
 */
const agencies = 10;
const firstSeed = 1;
const learning = 3;
const days = 8;
const minute = 60_000;
const half = 15;
const enough = 0.85;
/** The three steps of a position may cost 15 µs; the arrivals' share of them. */
const share = 5;

/**
 * Estimates half an hour before the van comes, on runs of agencies that nothing was tuned on, whose stops and speeds
 * are drawn in a way the estimator knows nothing of; and what a position costs.
 */
export async function estimatesBench(): Promise<Row[]> {
  const all: Judged[] = [];
  for (let seed = firstSeed; seed < firstSeed + agencies; seed++) all.push(...judgedWorld(seed, days));
  const judged = all.filter(({ day }) => day >= learning);
  const firstDay = all.filter(({ day }) => day === 0);
  const minutes = (values: readonly number[]) => median(values) / minute;
  return [
    moreIsBetter('estimates: 50 runs, range half an hour before holds / 85 %', part(judged), enough, 1, 'of 1'),
    lessIsBetter(
      'estimates: width of that range / half of what remains',
      minutes(judged.map(({ width }) => width)),
      half,
      1,
      'min',
    ),
    lessIsBetter(
      'estimates: error / constant speed and stops, same runs',
      minutes(judged.map(({ error }) => error)),
      minutes(judged.map(({ naiveError }) => naiveError)),
      1,
      'min',
    ),
    forComparison(
      'estimates: holds / constant speed with a range as wide',
      part(judged),
      judged.filter(({ naiveHeld }) => naiveHeld).length / judged.length,
      'of 1',
    ),
    forComparison('estimates: holds on the first day of all / later', part(firstDay), part(judged), 'of 1'),
    forComparison(
      'estimates: width on the first day of all / later',
      minutes(firstDay.map(({ width }) => width)),
      minutes(judged.map(({ width }) => width)),
      'min',
    ),
    lessIsBetter('arrivals: a position through the step', stepCost(), share, 1, 'µs'),
  ];
}

function part(judged: readonly Judged[]): number {
  return judged.filter(({ held }) => held).length / judged.length;
}

/** µs a fix, of a day's fixes of 2,000 vans that come in turn, so that no van's state is at hand. */
function stepCost(): number {
  const fixes: Fix[] = [];
  for (const one of new EstimatesWorld(firstSeed).day(0).happenings) if (one.kind === 'fix') fixes.push(one.fix);
  const states = Array.from({ length: 2000 }, () => arrivalStep.initial());
  const context = { agency: 'bench', vanId: 'v1' };
  let facts = 0;
  const emit = (_fact: ArrivalFact) => {
    facts++;
  };
  const rounds: number[] = [];
  for (let round = 0; round < 5; round++) {
    const some = fixes.slice(round * 200, round * 200 + 200);
    const start = performance.now();
    for (const fix of some)
      for (const [i, state] of states.entries()) states[i] = arrivalStep.next(state, fix, context, emit);
    rounds.push(((performance.now() - start) * 1000) / (some.length * states.length));
  }
  if (facts === 0) throw new Error('the vans did nothing');
  return median(rounds);
}
