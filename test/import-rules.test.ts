import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/**
 * Who may import whom. First the folder a file lies in (longest match wins), then what it may import of ours; its own
 * folder is always allowed. `daemon/*.ts` themselves (app.ts, main.ts, the command line tools) see all of the daemon.
 */
const log = 'daemon/log/log.ts';
const rules: Record<string, readonly string[]> = {
  protocol: [],
  daemon: ['protocol'],
  // the tests of Kafka run on real brokers
  'daemon/log': ['protocol', 'daemon/lifecycle.ts', 'test/kafka'],
  'daemon/domain': ['protocol'],
  'daemon/ingest': ['protocol', 'daemon/domain', log, 'daemon/log/remote.ts', 'daemon/lifecycle.ts'],
  'daemon/project': ['protocol', 'daemon/domain', log, 'daemon/lifecycle.ts'],
  // an import decides and appends; a look-up reads what the projections know
  'daemon/import': ['protocol', 'daemon/domain', 'daemon/project', log],
  'daemon/geocode': ['protocol', 'daemon/domain', 'daemon/project', 'daemon/lifecycle.ts'],
  'daemon/route': ['protocol', 'daemon/domain', 'daemon/project', 'daemon/lifecycle.ts'],
  'daemon/feed': ['protocol', 'daemon/domain', 'daemon/project', 'daemon/lifecycle.ts'],
  // http hands requests to the intake and answers for the log's refusals: interfaces, and the pure reading of bodies
  'daemon/http': [
    'protocol',
    'daemon/domain',
    'daemon/project',
    'daemon/import',
    log,
    'daemon/ingest/intake.ts',
    'daemon/ingest/format.ts',
    'daemon/ingest/json.ts',
    'daemon/ingest/strip-credentials.ts',
    'daemon/ingest/formats/times.ts',
    'daemon/lifecycle.ts',
  ],
  'desktop/shared': ['protocol'],
  'desktop/renderer': ['desktop/shared', 'protocol'],
  'desktop/main': ['desktop/shared', 'protocol'],
  'desktop/preload': ['desktop/shared'],
  'device-simulator': ['protocol'],
  'web-view': ['protocol'],
  bench: ['protocol', 'daemon', 'device-simulator', 'desktop/main/cache', 'desktop/renderer', 'desktop/shared', 'test'],
  test: ['protocol', 'daemon', 'device-simulator', 'desktop', 'web-view', 'bench', 'tools'],
  tools: ['protocol'],
};
/** Parts that only one file may know; beside it, what plays an outsider in tests. */
const onlyIn: Record<string, RegExp> = {
  aedes: /^daemon\/ingest\//,
  kafkajs: /^(daemon\/log\/kafka\.ts|test\/.*|bench\/kafka\.ts)$/,
  electron: /^desktop\/(main|preload)\//,
};

const root = fileURLToPath(new URL('..', import.meta.url));
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.tsx'], {
  cwd: root,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file.includes('/'));

const importsOf = (file: string) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] as string,
  );

const ruleOf = (file: string) =>
  Object.keys(rules)
    .filter((folder) => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0];

describe('who may import whom', () => {
  it('finds the files', () => expect(files.length).toBeGreaterThan(50));

  it.each(Object.keys(rules))('%s', (folder) => {
    const wrong: string[] = [];
    for (const file of files.filter((each) => ruleOf(each) === folder)) {
      const isTest = /[.-](test|fixture)\.tsx?$/.test(file);
      for (const name of importsOf(file)) {
        if (!name.startsWith('.')) continue;
        const target = relative(root, join(root, dirname(file), name)).replaceAll('\\', '/');
        const allowed = [folder, ...(rules[folder] ?? [])];
        const fine = allowed.some((each) => target === each || target.startsWith(`${each}/`));
        // A test may bring real neighbours together; the rule is for what ships.
        if (!fine && !(isTest && target.startsWith('daemon/'))) wrong.push(`${file} imports ${target}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('knows every folder', () => {
    expect(files.filter((file) => ruleOf(file) === undefined)).toEqual([]);
  });

  it('keeps some packages in one place', () => {
    const wrong: string[] = [];
    for (const file of files) {
      if (/[.-](test|fixture)\.tsx?$|^(test|bench)\//.test(file)) continue;
      for (const name of importsOf(file)) {
        const where = onlyIn[name];
        if (where && !where.test(file)) wrong.push(`${file} imports ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
