import type { Pace } from './fanout-server.ts';
import { answerOf, pinned } from './pinned.ts';
import { forComparison, median, moreIsBetter, type Row } from './row.ts';

const rounds = 3;

/**
 * Fan-out to 1000 sockets, 100 vans a frame: the feed against `JSON.stringify` and `send` for each client, and against
 * bare `socket.write` of as many bytes, which is what this machine's kernel leaves room for.
 */
export async function fanoutBench(): Promise<Row[]> {
  const figures: Record<'ours' | 'other' | 'bare', Pace>[] = [];
  for (let round = 0; round < rounds; round++) figures.push(await answerOf(pinned('./fanout-server.ts', [], 0)));
  const of = (side: 'ours' | 'other' | 'bare', part: keyof Pace) => median(figures.map((each) => each[side][part]));
  const name = 'fan-out to 1000 sockets, 100 vans a frame';
  return [
    moreIsBetter(`${name} / JSON per client`, of('ours', 'all'), of('other', 'all'), 12, 'frames/CPU s'),
    forComparison(`${name} / bare socket.write`, of('ours', 'all'), of('bare', 'all'), 'frames/CPU s'),
    forComparison(
      `${name}, bare socket.write / JSON per client`,
      of('bare', 'all'),
      of('other', 'all'),
      'frames/CPU s',
    ),
    forComparison(
      `${name} / JSON per client, without the kernel`,
      of('ours', 'own'),
      of('other', 'own'),
      'frames/CPU s',
    ),
  ];
}
