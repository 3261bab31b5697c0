import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminServer } from './http/admin.ts';
import { Metrics } from './http/metrics.ts';
import { appended, position } from './log/log.fixture.ts';
import { MemoryLog } from './log/memory.ts';
import { UsageError } from './options.ts';
import { DeadLettersProjection } from './project/dead-letters.ts';
import { Projector } from './project/projector.ts';
import { RegistryProjection } from './project/registry.ts';
import { Replays } from './project/replay.ts';
import { folder, silent, tidy } from './project/story.fixture.ts';
import { Trails } from './project/trails.ts';
import { replay } from './replay.ts';

let admin: AdminServer;
const undo: (() => Promise<unknown>)[] = [];
const log = new MemoryLog();

beforeAll(async () => {
  await log.start();
  const registry = new RegistryProjection();
  const projections = [registry, new Trails({ registry: registry.view }), new DeadLettersProjection()];
  const file = `${folder()}/projections.sqlite`;
  const projector = new Projector({ log, file, projections, logger: silent });
  const fresh = { registry: () => [new RegistryProjection()] };
  const replays = new Replays({ log, projector, file, fresh, logger: silent });
  admin = new AdminServer(
    { adminPort: 0 },
    { version: '1', metrics: new Metrics(), checks: [], logger: silent, replays },
  );
  for (const service of [projector, replays, admin]) {
    await service.start();
    undo.push(() => service.stop());
  }
  await projector.caughtUp;
  for (let number = 0; number < 5; number++) await appended(log, position(number));
});
afterAll(async () => {
  for (const step of undo.reverse()) await step();
  tidy();
});

const run = (...argv: string[]) =>
  replay({ argv: ['--admin-port', String(admin.port), ...argv], env: {}, readFile: () => '' }).then(
    (text) => text,
    (error: unknown) => error as Error,
  );
const post = (body: string, type = 'application/json') =>
  fetch(`http://127.0.0.1:${admin.port}/replays`, { method: 'POST', headers: { 'content-type': type }, body });

describe('npm run replay', () => {
  it('has the running daemon do it, and says how it went', async () => {
    expect(await run('--projection', 'registry')).toMatch(/^registry: rebuilt from 0 records in \d+\.\d s$/);
    expect(await run('--projection', 'trails')).toMatch(/^trails: given once more 5 records in \d+\.\d s$/);
    expect(await run('--projection', 'trails', '--from', '2100-01-01')).toMatch(/^trails: given once more 0 records/);
    expect(await run('--projection', 'trails', '--from', log.head() ?? '')).toMatch(/given once more 0 records/);
  });

  it('names the projections: in --help, and where another is asked for', async () => {
    expect(await run('--help')).toContain('--projection registry|trails|health|dead-letters|outcomes');
    for (const argv of [['--projection', 'live'], []]) {
      const error = await run(...argv);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as Error).message).toMatch(
        /must be one of "registry", "trails", "health", "dead-letters", "outcomes"$/,
      );
    }
  });

  it('passes on why it was refused', async () => {
    expect(await run('--projection', 'registry', '--from', '2026-01-01')).toHaveProperty(
      'message',
      expect.stringMatching(/^the daemon refused: registry would be wrong if records were applied to it a second time/),
    );
    expect(await run('--projection', 'trails', '--from', 'yesterday')).toHaveProperty(
      'message',
      expect.stringMatching(/^the daemon refused: --from: "yesterday" is neither a time/),
    );
    expect(await run('--projection', 'dead-letters')).toHaveProperty(
      'message',
      'the daemon refused: dead-letters cannot be rebuilt at this daemon',
    );
  });

  it('says so when no daemon answers', async () => {
    expect(await run('--projection', 'registry', '--admin-port', '1')).toHaveProperty(
      'message',
      expect.stringMatching(/^no daemon answers at http:\/\/127\.0\.0\.1:1 .*--admin-port$/),
    );
  });
});

describe('the admin port', () => {
  it('tells what was replayed last', async () => {
    await run('--projection', 'trails');
    const answer = await fetch(`http://127.0.0.1:${admin.port}/replays`);
    expect(await answer.json()).toMatchObject({ replay: { projection: 'trails', way: 'repeat', state: 'done' } });
  });

  it('takes nothing that a page in a browser could send unasked', async () => {
    expect((await post('{"projection":"registry"}', 'text/plain')).status).toBe(415);
    expect((await post('{"projection":"everything"}')).status).toBe(400);
    expect((await post('{"projection":"registry","more":1}')).status).toBe(400);
  });
});
