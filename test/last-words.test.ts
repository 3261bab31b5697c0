import { once } from 'node:events';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { root, startDaemon, temporaryFolder } from './daemon-process.ts';

const program = relative(root, fileURLToPath(new URL('./last-words.fixture.ts', import.meta.url)));

describe('an error that nothing catches', () => {
  let clean: () => Promise<void> = async () => {};
  afterEach(() => clean());

  it.each([
    ['throw', 'uncaughtException'],
    ['reject', 'unhandledRejection'],
  ])('ends the daemon (%s), and its stack is in the log', async (how, origin) => {
    const { folder, remove } = await temporaryFolder();
    clean = remove;
    const daemon = await startDaemon({ data: folder, program });
    let [log, plain] = ['', ''];
    daemon.process.stdout?.on('data', (text) => {
      log += text;
    });
    daemon.process.stderr?.on('data', (text) => {
      plain += text;
    });
    const closed = once(daemon.process, 'close');
    daemon.process.send(how);
    expect(await closed).toEqual([1, null]);
    // A line that was on its way out already may come after it.
    const lines = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.find(({ level }) => level === 60)).toMatchObject({
      level: 60,
      origin,
      err: {
        type: 'Error',
        message: 'nobody was ready for this',
        stack: expect.stringContaining('last-words.fixture.ts'),
      },
      msg: 'an error that nothing caught ends the daemon; what it acknowledged is durable',
    });
    // In plain text too, for whoever has no log of it.
    expect(plain).toContain('Error: nobody was ready for this');
  });
});
