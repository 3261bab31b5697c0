import type { ChildProcess } from 'node:child_process';

/** Processes that a part has started itself; they end with the soak, however it ends. */
export const children = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});
