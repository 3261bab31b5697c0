import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../daemon-process.ts';
import { children } from './children.ts';
import { broken, type Conditions, type Outcome, type Part } from './part.ts';

const most = 100_000;

/** The order test of the projections, with as many runs as fit into the time. */
async function run({ deadline, seed, progress }: Conditions): Promise<Outcome> {
  const limit = Math.max(1000, deadline - Date.now());
  const child = spawn(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      ...['run', 'daemon/project/order.test.ts', '--disable-console-intercept', '--no-color'],
    ],
    {
      cwd: root,
      env: { ...process.env, VANTRAIL_ORDER_RUNS: `${most} ${seed} ${limit}` },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  children.add(child);
  let output = '';
  let runs = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      runs = Number([...output.matchAll(/^order runs (\d+)$/gm)].at(-1)?.[1] ?? 0);
      progress(`${runs} runs`);
    });
  }
  const code = await new Promise<number>((resolve) => child.once('close', (ended) => resolve(ended ?? -1)));
  children.delete(child);
  if (code !== 0) process.stderr.write(output);
  return {
    figures: { runs },
    faults: broken({ 'any telling gives the same state and trails': code === 0, 'there were runs': runs > 0 }),
  };
}

export const order: Part = { minutes: 5, run };
