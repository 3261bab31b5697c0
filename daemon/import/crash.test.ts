import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const program = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url));
const rows = 4000;
const folders: string[] = [];
let minutes = 0;
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
});

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'vantrail-import-crash-'));
  folders.push(made);
  return made;
}

interface Said {
  type: string;
  consumers?: number;
  [more: string]: unknown;
}

/**
 * Each run is a minute later than the one before: a consumer whose fields were cut off may be changed again then.
 * Runs the import in a process of its own, and kills it once so many consumers are kept. Answers what it
 * said.
 */
async function run(data: string, killAt = Number.POSITIVE_INFINITY): Promise<Said[]> {
  const child = spawn(process.execPath, [program, data, String(rows), String(minutes++)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: Said[] = [];
  const ended = new Promise((resolve) => child.once('close', resolve));
  for await (const line of createInterface({ input: child.stdout })) {
    // The last line of a killed process may be cut.
    if (!line.endsWith('}')) continue;
    const report = JSON.parse(line) as Said;
    said.push(report);
    if (report.type === 'kept' && (report.consumers ?? 0) >= killAt) child.kill('SIGKILL');
  }
  await ended;
  return said;
}

describe('an import that is killed and repeated', () => {
  it('ends in the same state as one that was left alone, and adds nobody twice', { timeout: 240_000 }, async () => {
    const [calm, wild] = [await folder(), await folder()];
    const whole = (await run(calm)).at(-1);
    for (const killAt of [1, 700, 1500, 2900]) {
      const said = await run(wild, killAt);
      expect(said.some(({ type }) => type === 'done')).toBe(false);
    }
    const last = await run(wild);
    const done = last.find(({ type }) => type === 'done');
    expect(done).toMatchObject({ rows, bad: 0 });
    expect(last.at(-1)).toEqual(whole);
    const again = await run(wild);
    expect(again.find(({ type }) => type === 'done')).toMatchObject({ added: 0, bad: 0 });
    expect(again.at(-1)).toEqual(whole);
  });
});
