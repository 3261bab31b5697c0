import { answerOf, pinned } from './pinned.ts';
import { median, moreIsBetter, type Row } from './row.ts';

const rounds = 3;

/** Fan-out to 1000 sockets, 100 vans a frame: the feed against `JSON.stringify` and `send` for each client. */
export async function fanoutBench(): Promise<Row[]> {
  const ours: number[] = [];
  const other: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const figures = await answerOf<{ ours: number; other: number }>(pinned('./fanout-server.ts', [], 0));
    ours.push(figures.ours);
    other.push(figures.other);
  }
  const name = 'fan-out to 1000 sockets, 100 vans a frame / JSON per client';
  return [moreIsBetter(name, median(ours), median(other), 12, 'frames/CPU s')];
}
