import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderForTest, openLog } from './log/embedded.fixture.ts';
import { all, appended, position } from './log/log.fixture.ts';

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function run(program: 'backup' | 'restore', ...args: string[]): Promise<Ended> {
  const path = fileURLToPath(new URL(`./${program}.ts`, import.meta.url));
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [path, ...args], (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });
}

describe('npm run backup, npm run restore', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => {
    ({ folder, remove } = await folderForTest());
  });
  afterEach(() => remove());

  it('back up a folder in use and make another one of it', async () => {
    const [data, file, fresh] = [join(folder, 'data'), join(folder, 'today.backup'), join(folder, 'fresh')];
    const log = await openLog(join(data, 'log'));
    for (let i = 0; i < 20; i++) await appended(log, position(i));
    const made = await run('backup', file, '--data', data);
    expect(made).toMatchObject({ code: 0, out: expect.stringContaining('20 records of the log in') });
    expect(made.err).toContain('copying log/log.sqlite 100 %');
    await log.stop();
    expect(await run('restore', file, '--data', fresh)).toMatchObject({
      code: 0,
      out: expect.stringContaining('20 records of the log as of 20'),
    });
    const restored = await openLog(join(fresh, 'log'));
    expect(await all(restored)).toEqual(Array.from({ length: 20 }, (_, i) => position(i)));
    await restored.stop();
  });

  it('end with 1 and the reason when it cannot be done, with 2 when called wrongly, and explain themselves', async () => {
    const file = join(folder, 'x.backup');
    expect(await run('backup', file, '--data', folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no log in'),
    });
    expect(await run('restore', file, '--data', join(folder, 'new'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('there is no file'),
    });
    mkdirSync(join(folder, 'full', 'log'), { recursive: true });
    expect(await run('restore', file, '--data', join(folder, 'full'))).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not empty'),
    });
    for (const program of ['backup', 'restore'] as const) {
      expect(await run(program)).toMatchObject({ code: 2, err: expect.stringContaining('FILE') });
      expect(await run(program, 'a', '--dta', 'x')).toMatchObject({ code: 2, err: expect.stringContaining('--dta') });
      expect(await run(program, '--help')).toMatchObject({ code: 0, out: expect.stringContaining('--data') });
      expect((await run(program, '--version')).out).toMatch(/^\d+\.\d+\.\d+/);
    }
  });
});
