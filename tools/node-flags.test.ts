import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { nodeFlags } from './node-flags.ts';

const file = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');
const daemon = ['node', ...nodeFlags, 'daemon/main.ts'];

it('is what npm, the container and the service tell Node', () => {
  expect(JSON.parse(file('package.json')).scripts.daemon).toBe(daemon.join(' '));
  expect(JSON.parse(/^CMD (.*)$/m.exec(file('Dockerfile'))?.[1] ?? 'null')).toEqual(daemon);
  expect(/^ExecStart=\S+\/(.*) --config/m.exec(file('docs/operations.md'))?.[1]).toBe(daemon.join(' '));
});
