import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { afterEach, describe, expect, it } from 'vitest';
import type { Outside } from './outside.ts';
import { type FakeRouter, fakeRouter, type GiveAnswer } from './router.fixture.ts';

let router: FakeRouter;
afterEach(() => router.stop());

const question = {
  path: '/way/there',
  query: { unit: 'm' },
  good: Compile(Type.Object({ metres: Type.Number() })),
  no: Compile(Type.Object({ code: Type.String() })),
  read: ({ metres }: { metres: number }) => {
    if (metres < 0) throw new Error('a way of less than nothing');
    return metres;
  },
};
const ask = (outside: Outside) => outside.ask(question);
const start = async (answer: GiveAnswer) => {
  router = await fakeRouter(answer);
};

describe('a service outside', () => {
  it('is asked under its whole address, by who we are', async () => {
    await start(() => ({ metres: 12 }));
    const url = `${router.url.replace('://', '://me:p%40ss@')}/maps/?key=k1`;
    expect(await ask(router.outside({ url }))).toEqual({ read: 12 });
    const [asked] = router.asked;
    expect(asked?.url.pathname).toBe('/maps/way/there');
    expect(Object.fromEntries(asked?.url.searchParams ?? [])).toEqual({ key: 'k1', unit: 'm' });
    expect(asked?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
    expect(asked?.headers['user-agent']).toBe('Vantrail test');
  });

  it('may say no', async () => {
    await start(() => ({ code: 'NoRoute' }));
    const outside = router.outside();
    for (let i = 0; i < 5; i++) expect(await ask(outside)).toEqual({ no: { code: 'NoRoute' } });
    expect(outside.resting).toBe(false);
  });

  it.each<[string, GiveAnswer, string, RegExp]>([
    ['another shape', () => ({ miles: 3 }), 'garbage', /what is no answer to way/],
    ['no sense', () => ({ metres: -1 }), 'garbage', /less than nothing/],
    ['no JSON', (_, response) => void response.end('<html>'), 'garbage', /no JSON/],
    ['too much', (_, response) => void response.end('x'.repeat(2000)), 'garbage', /more than is read/],
    ['503', (_, response) => void response.writeHead(503).end(), 'unreachable', /answered 503/],
    ['429', (_, response) => void response.writeHead(429).end(), 'unreachable', /answered 429/],
    [
      'a page elsewhere',
      (_, response) => void response.writeHead(302, { location: '/x' }).end(),
      'unreachable',
      /reached/,
    ],
    ['a closed line', (_, response) => void response.destroy(), 'unreachable', /cannot be reached/],
    [
      'half of it',
      (_, response) => void response.writeHead(200, { 'content-length': '99' }).write('{'),
      'slow',
      /within/,
    ],
    ['nothing', () => undefined, 'slow', /did not answer within 150 ms/],
  ])('that answers with %s is not believed', async (_what, answer, fault, words) => {
    await start(answer);
    const outside = router.outside({ limitMs: fault === 'slow' ? 150 : 60_000, mostBytes: 1000 });
    await expect(ask(outside)).rejects.toMatchObject({
      name: 'RouteError',
      fault,
      message: expect.stringMatching(words),
    });
    expect(outside.counts).toEqual({ asked: 1, failed: 1, refused: 0 });
  });

  it('is not asked any more when it fails, until it has rested', async () => {
    let now = 0;
    let answer: GiveAnswer = () => ({ wrong: true });
    await start((...args) => answer(...args));
    const outside = router.outside({ circuit: { failures: 2, restMs: 1000, now: () => now } });
    for (let i = 0; i < 2; i++) await expect(ask(outside)).rejects.toMatchObject({ fault: 'garbage' });
    await expect(ask(outside)).rejects.toMatchObject({ fault: 'resting' });
    expect(router.asked).toHaveLength(2);
    answer = () => ({ metres: 5 });
    now = 1000;
    expect(await ask(outside)).toEqual({ read: 5 });
    expect(outside.resting).toBe(false);
  });

  it('is asked a few questions at a time; some wait, and the rest are turned away', async () => {
    const waiting: (() => void)[] = [];
    const arrived = Promise.withResolvers<void>();
    await start((_, response) => {
      waiting.push(() => response.end('{"metres":1}'));
      if (waiting.length === 2) arrived.resolve();
    });
    const outside = router.outside({ together: 2, waiting: 1 });
    const answers = [ask(outside), ask(outside), ask(outside)];
    await expect(ask(outside)).rejects.toMatchObject({ fault: 'busy' });
    await arrived.promise;
    expect(router.asked).toHaveLength(2);
    for (const answer of waiting.splice(0)) answer();
    await Promise.all(answers.slice(0, 2));
    while (waiting.length === 0) await new Promise(setImmediate);
    waiting[0]?.();
    expect(await answers[2]).toEqual({ read: 1 });
  });

  it('gives up a question whose turn does not come in time', async () => {
    await start(() => undefined);
    const outside = router.outside({ together: 1, limitMs: 300, waitMs: 100 });
    const [first, second] = await Promise.allSettled([ask(outside), ask(outside)]);
    expect(first).toMatchObject({ reason: { fault: 'slow' } });
    expect(second).toMatchObject({ reason: { fault: 'slow' } });
    expect(router.asked).toHaveLength(1);
  });
});
