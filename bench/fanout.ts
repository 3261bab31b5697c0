import { answerOf, pinned } from './pinned.ts';
import { forComparison, median, moreIsBetter, type Row } from './row.ts';

const rounds = 3;

/**
 * Fan-out to 1000 sockets, 100 vans a frame: the feed against `JSON.stringify` and `send` for each client, and against
 * bare `socket.write` of as many bytes, which is what this machine's kernel leaves room for.
 */
export async function fanoutBench(): Promise<Row[]> {
  const figures: { ours: number; other: number; bare: number }[] = [];
  for (let round = 0; round < rounds; round++) figures.push(await answerOf(pinned('./fanout-server.ts', [], 0)));
  const [ours, json, bare] = (['ours', 'other', 'bare'] as const).map((side) =>
    median(figures.map((each) => each[side])),
  );
  if (ours === undefined || json === undefined || bare === undefined) throw new Error('nothing was measured');
  const name = 'fan-out to 1000 sockets, 100 vans a frame';
  return [
    moreIsBetter(`${name} / JSON per client`, ours, json, 12, 'frames/CPU s'),
    forComparison(`${name} / bare socket.write`, ours, bare, 'frames/CPU s'),
  ];
}
