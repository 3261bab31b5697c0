import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { chromiumArgs, chromiumPath } from '../test/daemon-process.ts';

interface Answer {
  id?: number;
  method?: string;
  params?: unknown;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/**
 * Chromium by its own protocol and nothing else. Playwright has every WebSocket frame of a page told to it, which is work
 * for the page's main thread: exactly the thread that is measured here.
 */
export async function bareChromium(size: { width: number; height: number }) {
  const profile = mkdtempSync(join(tmpdir(), 'vantrail-chromium-'));
  const args = [
    '--headless',
    '--remote-debugging-port=0',
    `--user-data-dir=${profile}`,
    '--no-first-run',
    '--mute-audio',
  ];
  const child = spawn(chromiumPath as string, [
    ...chromiumArgs,
    ...args,
    `--window-size=${size.width},${size.height}`,
    'about:blank',
  ]);
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.on('exit', () => reject(new Error(`Chromium ended:\n${said}`)));
  });
  const socket = new WebSocket(address, { maxPayload: 1024 ** 3 });
  await once(socket, 'open');
  let last = 0;
  const waiting = new Map<number, (answer: Answer) => void>();
  const listeners = new Set<(method: string, params: unknown) => void>();
  socket.on('message', (data) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
    else for (const listener of listeners) listener(answer.method ?? '', answer.params);
  });
  const send = (method: string, params: object = {}, sessionId?: string) =>
    new Promise<Record<string, unknown>>((resolve, reject) => {
      const id = ++last;
      waiting.set(id, ({ result, error }) => {
        waiting.delete(id);
        if (error !== undefined) reject(new Error(`${method}: ${error.message}`));
        else resolve(result ?? {});
      });
      socket.send(JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) }));
    });

  return {
    /** Opens a page; answers how to evaluate an expression in it. */
    async open(url: string) {
      const { targetId } = await send('Target.createTarget', { url });
      const { sessionId } = await send('Target.attachToTarget', { targetId, flatten: true });
      return async <T>(expression: string): Promise<T> => {
        const { result } = await send('Runtime.evaluate', { expression, returnByValue: true }, String(sessionId));
        return (result as { value: T }).value;
      };
    },
    /** The events of a trace taken while `during` runs. */
    async trace<T>(categories: readonly string[], during: () => Promise<unknown>): Promise<T[]> {
      const events: T[] = [];
      const whole = new Promise<void>((resolve) => {
        const listener = (method: string, params: unknown) => {
          if (method === 'Tracing.dataCollected') events.push(...(params as { value: T[] }).value);
          if (method !== 'Tracing.tracingComplete') return;
          listeners.delete(listener);
          resolve();
        };
        listeners.add(listener);
      });
      await send('Tracing.start', {
        transferMode: 'ReportEvents',
        traceConfig: { includedCategories: categories, excludedCategories: ['*'] },
      });
      await during();
      await send('Tracing.end');
      await whole;
      return events;
    },
    async close() {
      socket.close();
      child.kill();
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
export type BareChromium = Awaited<ReturnType<typeof bareChromium>>;
