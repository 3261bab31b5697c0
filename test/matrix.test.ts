import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Row, routes } from './matrix-routes.ts';
import { type Caller, callers, type MatrixWorld, matrixWorld, type Whose, whose } from './matrix-world.ts';

/**
 * Every route × every kind of caller × whose the thing is. What somebody may not see answers byte for byte like what does
 * not exist.
 */
let world: MatrixWorld;
beforeAll(async () => {
  world = await matrixWorld();
});
afterAll(() => world?.stop());

/** A version that never was: whoever gets as far as to change something is told so, and changes nothing. */
const never = { 'if-match': '"99999"' };
/** Headers that differ between any two answers. */
const passing = /^(date|x-request-id|content-length|ratelimit.*|x-ratelimit.*|keep-alive|connection)$/i;

async function call(name: string, { of, body, query = '' }: Row, by: Caller, whom: Whose) {
  const [method = '', pattern = ''] = name.split(' ');
  const id = of === undefined ? 'c9' : world.ids[of][whom];
  const path = pattern
    .replace(':id', id)
    .replace(/:link|:act/, '00000000-0000-4000-8000-000000000000')
    .replace(':number', '1')
    .replace(/:name|:state/g, 'Nowhere');
  const answer = await world.as[by](method, path + query, body, method === 'GET' ? {} : never);
  const headers = [...answer.headers].filter(([header]) => !passing.test(header));
  // The path of the request may stand in an answer; it is the caller's own word.
  const said = JSON.stringify({ status: answer.status, headers, text: answer.text }).replaceAll(
    decodeURIComponent(id),
    'ID',
  );
  return { status: answer.status, text: answer.text, said };
}

const listed = Object.entries(routes).filter(([, row]) => row.public !== true);

describe('the matrix of routes, callers and things', () => {
  it('names every route of the running daemon, and none that is gone', () => {
    const table = world.app.routes().filter(({ method }) => method !== 'HEAD');
    expect(Object.keys(routes).sort()).toEqual([...new Set(table.map(({ method, url }) => `${method} ${url}`))].sort());
    for (const { method, url, access } of table) {
      expect(access === 'public', `${method} ${url} is open to everybody`).toBe(
        routes[`${method} ${url}`]?.public === true,
      );
    }
  });

  it.each(listed)('%s', async (name, row) => {
    const may = new Set([...row.all, ...row.own, ...row.none]);
    const problems: string[] = [];
    for (const by of callers) {
      const answers = new Map<Whose, Awaited<ReturnType<typeof call>>>();
      for (const whom of row.of === undefined ? (['missing'] as const) : whose) {
        answers.set(whom, await call(name, row, by, whom));
      }
      const missing = answers.get('missing')?.said;
      for (const [whom, { status, text, said }] of answers) {
        const wrong = (rule: string) => problems.push(`${by}, ${whom}: ${status} ${text.slice(0, 200)}: ${rule}`);
        if (status >= 500) wrong('never an error of ours');
        if (!may.has(by)) {
          // A device's key is no bearer token: to all but the routes of devices it is nobody.
          const refused = by === 'nobody' || by === 'device' ? 401 : 403;
          if (status !== refused) wrong(`must be ${refused}`);
          if (said !== missing && whom !== 'malformed') wrong('must not depend on the thing');
          continue;
        }
        if (status === 401 || status === 403) wrong('may call this');
        if (row.of === undefined) continue;
        if (whom === 'malformed') {
          if (status !== 400 && status !== 404) wrong('must be 400 or 404');
          continue;
        }
        const sees = row.all.includes(by) ? whom === 'own' || whom === 'same' : row.own.includes(by) && whom === 'own';
        if (sees && status === 404) wrong('must be seen');
        if (!sees && said !== missing) wrong(`must answer like what does not exist: ${missing}`);
        if (!sees && status !== 404) wrong('must be 404');
      }
    }
    expect(problems).toEqual([]);
  });

  it('answers in the same time whether a thing is hidden or not there', async () => {
    const row = routes['GET /api/orders/:id'] as Row;
    const spent: Record<'same' | 'missing', number[]> = { same: [], missing: [] };
    for (let i = 0; i < 150; i++) {
      for (const whom of ['same', 'missing'] as const) {
        const began = performance.now();
        await call('GET /api/orders/:id', row, 'consumer', whom);
        spent[whom].push(performance.now() - began);
      }
    }
    const median = (all: number[]) => all.sort((a, b) => a - b)[all.length >> 1] ?? 0;
    const ratio = median(spent.same) / median(spent.missing);
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });
});
