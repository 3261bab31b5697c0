import { Type } from 'typebox';
import { said } from '../../protocol/refusal-text.ts';
import { LogError } from '../log/log.ts';
import { problemOf } from './errors.ts';

/** One line of the answer to a list. */
export const ItemAnswer = Type.Object({
  index: Type.Integer(),
  id: Type.Optional(Type.String()),
  status: Type.Integer({ description: 'as if it had come alone' }),
  version: Type.Optional(Type.Integer()),
  type: Type.Optional(Type.String()),
  detail: Type.Optional(Type.String()),
  code: Type.Optional(Type.String({ description: 'of the sentence in `detail`' })),
  params: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
});

/** Things a list may have. */
export const mostItems = 1000;

/**
 * Carries out one of a list: whatever happens to it is its own answer, except that nothing can be kept at all, or that
 * something went wrong here.
 */
export async function answerItem(
  item: { index: number; id?: string | undefined },
  status: number,
  carryOut: () => Promise<{ id: string; version: number }>,
) {
  const { index, id } = item;
  const named = { index, ...(id === undefined ? {} : { id }) };
  try {
    const done = await carryOut();
    return { index, id: done.id, status, version: done.version };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.status >= 500 && !(error instanceof LogError)) throw error;
    return { ...named, status: problem.status, type: problem.type, detail: problem.message, ...said(problem.why) };
  }
}
