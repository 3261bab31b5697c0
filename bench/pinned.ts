import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeFlags } from '../test/daemon-process.ts';

/** Server and load each get a core of their own, where the system can do that. */
const pinning = spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** The command that runs Node on one core, which it then takes for all there is. */
export function onCore(core: number): string[] {
  return pinning ? ['taskset', '-c', String(core), process.execPath] : [process.execPath];
}

/**
 * Starts `file` of this folder as a process of its own on a core, with a channel for messages. Node is told the same for
 * all of them, whichever side they are on.
 */
export function pinned(file: string, args: readonly string[], core: number): ChildProcess {
  const script = fileURLToPath(new URL(file, import.meta.url));
  const [command = process.execPath, ...before] = onCore(core);
  const made = spawn(command, [...before, ...nodeFlags, script, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  made.once('exit', (code) => {
    if (code !== 0 && code !== null) console.error(`${file} ${args.join(' ')} ended with code ${code}`);
  });
  return made;
}

/** The next message of a process; throws when it ends instead. */
export function answerOf<T>(made: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = () => reject(new Error('a process of the bench ended before its time'));
    made.once('exit', ended);
    made.once('message', (answer) => {
      made.off('exit', ended);
      resolve(answer as T);
    });
  });
}
