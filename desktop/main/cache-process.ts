import { join } from 'node:path';
import { utilityProcess } from 'electron';
import type { CacheMessage } from './cache/calls.ts';
import type { CacheChild } from './cache/client.ts';

/** Starts the utility process of the cache. */
export function forkCache(): CacheChild {
  const child = utilityProcess.fork(join(__dirname, 'cache.cjs'), [], { serviceName: 'Vantrail cache' });
  return {
    postMessage: (message) => child.postMessage(message),
    onMessage: (listener) => void child.on('message', (message: CacheMessage) => listener(message)),
    onExit: (listener) => void child.on('exit', listener),
    kill: () => void child.kill(),
  };
}
