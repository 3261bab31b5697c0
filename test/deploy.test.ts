import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../daemon/config.ts';
import { type DaemonProcess, root, run, startDaemon, temporaryFolder } from './daemon-process.ts';

/** What is delivered to run Vantrail in containers, checked as far as that goes without an engine. */
interface Compose {
  services: Record<string, Service>;
  secrets?: Record<string, { file: string }>;
  networks?: Record<string, { internal?: boolean } | null>;
}
interface Service {
  image?: string;
  user?: string;
  restart?: string;
  mem_limit?: string;
  cap_drop?: string[];
  security_opt?: string[];
  healthcheck?: object;
  ports?: string[];
  environment?: Record<string, string>;
  networks?: string[] | Record<string, { aliases?: string[] }>;
}

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const yaml = <T>(path: string): T => parse(read(path), { merge: true }) as T;
const compose = yaml<Compose>('docker-compose.yml');
const overrides = ['deploy/three-brokers.yml', 'deploy/tls.yml'];
const composeFiles = ['docker-compose.yml', ...overrides];
const services = Object.entries(compose.services);
const dockerfile = read('Dockerfile');
const packages = JSON.parse(read('package.json')) as { version: string; devDependencies: Record<string, string> };

/** What compose makes of `${NAME:-default}` where nothing is set; `${NAME:?text}` gets a value, as it has to. */
function withDefaults(text: string): string {
  return text.replaceAll(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, _name, kind, rest) =>
    kind === '-' ? rest : '/given',
  );
}
function environmentOf(...files: string[]): Record<string, string> {
  const merged = Object.assign({}, ...files.map((file) => yaml<Compose>(file).services['daemon-1']?.environment ?? {}));
  return Object.fromEntries(Object.entries(merged).map(([name, value]) => [name, withDefaults(String(value))]));
}

const works = (...command: [string, ...string[]]) => spawnSync(command[0], command.slice(1)).status === 0;
/** Compose as a part of docker, or as the program it was before. */
const composeCommand = works('docker', 'compose', 'version')
  ? ['docker', 'compose']
  : works('docker-compose', 'version')
    ? ['docker-compose']
    : undefined;
const promtool = works('promtool', '--version');

/** Runs compose with an environment of its own; answers its exit code and what it wrote. */
function runCompose(args: string[], more: NodeJS.ProcessEnv): { code: number | null; out: string; err: string } {
  const [program = '', ...first] = composeCommand ?? [];
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...more };
  const { status, stdout, stderr } = spawnSync(program, [...first, ...args], { cwd: root, env, encoding: 'utf8' });
  return { code: status, out: stdout, err: stderr };
}

describe('docker-compose.yml', () => {
  it('runs two daemons, Kafka and a view of it, Prometheus and Grafana', () => {
    expect(Object.keys(compose.services)).toEqual([
      'keys',
      'daemon-1',
      'daemon-2',
      'kafka-1',
      'kafka-ui',
      'prometheus',
      'grafana',
    ]);
  });

  it.each([...services, ...Object.entries(yaml<Compose>('deploy/three-brokers.yml').services).slice(3, 5)])(
    '%s: an image with a version, a memory limit, a health check, no rights it does not need',
    (name, service) => {
      expect(service.image).toMatch(/^[\w/-]+:v?\d+\.\d+\.\d+$/);
      expect(service.mem_limit).toMatch(/^(\$\{\w+:-)?\d+[mg]\}?$/);
      expect(service.restart).toBe(name === 'keys' ? 'no' : 'unless-stopped');
      expect(service.cap_drop).toEqual(['ALL']);
      expect(service.security_opt).toEqual(['no-new-privileges:true']);
      // The image of the Kafka UI makes a user of its own, whose number it does not promise.
      if (name !== 'kafka-ui') expect(service.user).toMatch(/^[1-9]\d*:\d+$/);
      // The daemons' stands in their image.
      if (!name.startsWith('daemon-')) expect(service.healthcheck).toBeDefined();
    },
  );

  it.each(composeFiles)('%s opens ports on this machine alone, unless it is told otherwise', (file) => {
    const ports = Object.values(yaml<Compose>(file).services).flatMap((service) => service.ports ?? []);
    expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(withDefaults(port)))).toEqual([]);
  });

  it.each(composeFiles)('%s: no password, token or key has a default or stands in it', (file) => {
    const { services: all, secrets = {} } = yaml<Compose>(file);
    for (const { environment = {} } of Object.values(all)) {
      const named = Object.entries(environment).filter(([name]) =>
        /PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL/.test(name),
      );
      expect(named.filter(([, value]) => !/^\/run\/secrets\/[\w-]+$/.test(value))).toEqual([]);
    }
    expect(Object.values(secrets).filter((secret) => !/^\$\{SECRETS:\?[^}]+\}\/[\w-]+$/.test(secret.file))).toEqual([]);
    expect(read(file)).not.toMatch(/(PASSWORD|SECRET|TOKEN)\w*:-/);
  });

  it('gives Grafana and the Kafka UI their passwords as files', () => {
    expect(compose.services.grafana?.environment?.GF_SECURITY_ADMIN_PASSWORD__FILE).toBe(
      '/run/secrets/grafana-password',
    );
    expect(compose.services['kafka-ui']?.environment?.AUTH_TYPE).toBe('LOGIN_FORM');
    expect(Object.keys(compose.secrets ?? {})).toEqual(['grafana-password', 'kafka-ui-password']);
  });

  it('lets the admin port be reached over the network of the metrics alone, which leads nowhere else', () => {
    expect(compose.networks?.metrics).toEqual({ internal: true });
    expect(compose.networks?.log).toEqual({ internal: true });
    const inside = services.filter(([, { networks = [] }]) =>
      (Array.isArray(networks) ? networks : Object.keys(networks)).includes('metrics'),
    );
    expect(inside.map(([name]) => name)).toEqual(['daemon-1', 'daemon-2', 'prometheus']);
    for (const [name, { networks, environment }] of inside.slice(0, 2)) {
      expect(networks).toEqual({ front: {}, log: {}, metrics: { aliases: [`${name}-metrics`] } });
      expect(environment?.VANTRAIL_ADMIN_HOST).toBe(`${name}-metrics`);
    }
  });

  it('runs the versions that the tests run', () => {
    const [, kafka] =
      /<artifactId>kafka_2\.13<\/artifactId>\s*<version>([\d.]+)</.exec(read('test/kafka/pom.xml')) ?? [];
    const images = composeFiles.flatMap((file) =>
      [...read(file).matchAll(/image: (apache\/kafka|vantrail):(\S+)/g)].map(([, name, tag]) => `${name} ${tag}`),
    );
    expect(new Set(images)).toEqual(new Set([`apache/kafka ${kafka}`, `vantrail ${packages.version}`]));
  });

  it.skipIf(composeCommand === undefined)('is understood by compose, alone and with each file put on top', () => {
    for (const file of ['', ...overrides]) {
      const files = ['-f', 'docker-compose.yml', ...(file === '' ? [] : ['-f', file])];
      const { code, err } = runCompose([...files, 'config', '--quiet'], { SECRETS: '/secrets' });
      expect(err).toBe('');
      expect(code).toBe(0);
    }
  });

  it.skipIf(composeCommand === undefined)('does not start without a folder of secrets, and says what that is', () => {
    const { code, err } = runCompose(['-f', 'docker-compose.yml', 'config', '--quiet'], {});
    expect(err).toContain('must be the folder with the files grafana-password and kafka-ui-password');
    expect(code).not.toBe(0);
  });
});

describe('the settings of the daemons', () => {
  const options = new Set(
    [...helpText().matchAll(/--([a-z][a-z-]*)/g)].map(
      ([, flag = '']) => `VANTRAIL_${flag.replaceAll('-', '_').toUpperCase()}`,
    ),
  );
  function helpText(): string {
    const reading = readConfig(['--help'], {}, () => '');
    return 'help' in reading ? reading.help : '';
  }

  it.each([...composeFiles, 'Dockerfile', 'deploy/healthcheck.mjs', 'deploy/example.env', 'docs/deploy.md'])(
    '%s names none that the daemon does not have',
    (file) => {
      const named = [...read(file).matchAll(/VANTRAIL_[A-Z_]*[A-Z]/g)].map(([name]) => name);
      expect(named.filter((name) => !options.has(name))).toEqual([]);
    },
  );

  it.each([[[]], [['deploy/three-brokers.yml']], [['deploy/tls.yml']], [overrides]])(
    'go together, with %j on top',
    (more) => {
      const reading = readConfig([], environmentOf('docker-compose.yml', ...more), read);
      expect(reading).toMatchObject({ config: { log: 'kafka', keysFile: '/keys/signing.json', data: '/data' } });
    },
  );

  it('deploy/example.env tells every name that compose puts in, and no other', () => {
    const names = composeFiles.flatMap((file) => [...read(file).matchAll(/\$\{(\w+)/g)].map(([, name]) => name));
    const told = [...read('deploy/example.env').matchAll(/^#?([A-Z_]+)=/gm)].map(([, name]) => name);
    expect(new Set(told)).toEqual(new Set(names));
  });
});

describe('Dockerfile', () => {
  const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

  it('has the Node that everything is tested with', () => {
    expect(/^ARG NODE_VERSION=(.+)$/m.exec(dockerfile)?.[1]).toBe(packages.devDependencies.node);
    expect([...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, image]) => image)).toEqual(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: it is Docker's
      Array(3).fill('node:${NODE_VERSION}-bookworm-slim'),
    );
  });

  it('runs as a user without rights, stops on SIGTERM and asks after its health', () => {
    expect([...last.matchAll(/^USER (.+)$/gm)].map(([, user]) => user)).toEqual(['node']);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    expect(last).toMatch(/^HEALTHCHECK .*CMD \["node", "deploy\/healthcheck\.mjs"\]$/m);
    expect(last).toMatch(/^CMD \["node", .*"daemon\/main\.ts"\]$/m);
  });

  it('copies what is there, and .dockerignore lets through that and nothing else', () => {
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names = '']) =>
      names.split(' '),
    );
    expect(copied.filter((name) => !existsSync(join(root, name)))).toEqual([]);
    const lines = read('.dockerignore').split('\n');
    expect(lines.find((line) => !line.startsWith('#'))).toBe('*');
    const through = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(through.toSorted()).toEqual([...new Set(copied)].toSorted());
  });
});

describe('with a daemon', () => {
  let daemon: DaemonProcess;
  let remove: () => Promise<void>;
  let measured: Set<string>;
  /** With `--log kafka` alone. */
  const ofKafka = [
    'vantrail_log_lag_records',
    'vantrail_log_unreachable_seconds',
    'vantrail_log_repeated_records_total',
    'vantrail_log_poison_records_total',
    'vantrail_spool_waiting_records',
    'vantrail_spool_bytes',
    'vantrail_spool_oldest_seconds',
    'vantrail_forwarded_records_total',
    'vantrail_ack_seconds',
  ];

  beforeAll(async () => {
    const made = await temporaryFolder();
    remove = made.remove;
    daemon = await startDaemon({ data: made.folder });
    const text = await (await fetch(`${daemon.adminUrl}/metrics`)).text();
    measured = new Set([...text.matchAll(/^# TYPE (\w+) /gm)].map(([, name = '']) => name));
  });
  afterAll(async () => {
    await daemon?.stop();
    await remove?.();
  });

  /** The metrics that a query names; those of a histogram by its own name. */
  function namedIn(query: string): string[] {
    const names = query.match(/\b(?:vantrail|process|nodejs)_\w+/g) ?? [];
    return names.map((name) =>
      name.replace(/_(bucket|count|sum)$/, (end, _kind, at) => {
        const base = name.slice(0, at);
        return measured.has(base) || ofKafka.includes(base) ? '' : end;
      }),
    );
  }

  it('every metric that an alert names is measured', () => {
    const { groups } = yaml<{ groups: { rules: { expr: string }[] }[] }>('deploy/prometheus/alerts.yml');
    const names = groups.flatMap(({ rules }) => rules.flatMap(({ expr }) => namedIn(expr)));
    expect(names.length).toBeGreaterThan(15);
    expect(names.filter((name) => !measured.has(name) && !ofKafka.includes(name))).toEqual([]);
  });

  it('every metric that the dashboard names is measured, and it shows all that Kafka adds', () => {
    const names = panels().flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => namedIn(expr)));
    expect(names.filter((name) => !measured.has(name) && !ofKafka.includes(name))).toEqual([]);
    expect(ofKafka.filter((name) => !names.includes(name))).toEqual([]);
  });

  it('is found well by the health check while it serves, and not when it does not', async () => {
    const env = { ...process.env, VANTRAIL_HTTP_PORT: new URL(daemon.url).port };
    expect(await run('deploy/healthcheck.mjs', [], env)).toEqual({ code: 0, out: '', err: '' });
    await daemon.kill();
    const after = await run('deploy/healthcheck.mjs', [], env);
    expect(after.code).toBe(1);
    expect(after.err).toContain('ECONNREFUSED');
  });
});

interface Panel {
  id: number;
  title: string;
  datasource?: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string }[];
}
function panels(): Panel[] {
  return (JSON.parse(read('deploy/grafana/dashboards/vantrail.json')) as { panels: Panel[] }).panels;
}

describe('Grafana', () => {
  it('finds the dashboard where it looks for it, and Prometheus under the name the dashboard gives', () => {
    const [provider] = yaml<{ providers: { options: { path: string } }[] }>(
      'deploy/grafana/provisioning/dashboards/vantrail.yml',
    ).providers;
    expect(read('docker-compose.yml')).toContain(`./deploy/grafana/dashboards:${provider?.options.path}:ro`);
    const [source] = yaml<{ datasources: { uid: string; url: string }[] }>(
      'deploy/grafana/provisioning/datasources/prometheus.yml',
    ).datasources;
    expect(new URL(source?.url ?? '').hostname in compose.services).toBe(true);
    const used = panels().flatMap(({ datasource }) => (datasource === undefined ? [] : [datasource.uid]));
    expect(new Set(used)).toEqual(new Set([source?.uid]));
  });

  it('shows each panel in a place of its own', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels()) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.get(`${x} ${y}`), `${title} lies on another`).toBeUndefined();
          taken.set(`${x} ${y}`, title);
        }
      }
      expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
    }
    expect(new Set(panels().map(({ id }) => id)).size).toBe(panels().length);
  });
});

describe('Prometheus', () => {
  const folder = join(root, 'deploy/prometheus');

  it('asks each daemon at its name on the network of the metrics', () => {
    const { scrape_configs: jobs } = yaml<{
      scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[];
    }>('deploy/prometheus/prometheus.yml');
    const targets = jobs.find(({ job_name }) => job_name === 'vantrail')?.static_configs.flatMap((one) => one.targets);
    const daemons = services.filter(([name]) => name.startsWith('daemon-'));
    expect(targets).toEqual(daemons.map(([, { environment }]) => `${environment?.VANTRAIL_ADMIN_HOST}:9180`));
  });

  it('has a story for every alert', () => {
    const { groups } = yaml<{ groups: { rules: { alert: string }[] }[] }>('deploy/prometheus/alerts.yml');
    const stories = read('deploy/prometheus/alerts.test.yml');
    const alerts = groups.flatMap(({ rules }) => rules.map(({ alert }) => alert));
    expect(alerts.filter((alert) => !new RegExp(`alertname(: |=")${alert}\\b`).test(stories))).toEqual([]);
  });

  it.skipIf(!promtool)('understands its configuration and the rules', () => {
    const check = execFileSync('promtool', ['check', 'config', 'prometheus.yml'], { cwd: folder, encoding: 'utf8' });
    expect(check).toMatch(/SUCCESS: \d+ rules found/);
  });

  it.skipIf(!promtool)('alerts as the stories say', () => {
    const { status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', 'alerts.test.yml'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(stdout + stderr).toContain('SUCCESS');
    expect(status).toBe(0);
  });

  it.skipIf(!promtool)('does not find the stories true of any other rules', async () => {
    const { folder: other, remove } = await temporaryFolder();
    for (const name of readdirSync(folder)) {
      const text = readFileSync(join(folder, name), 'utf8');
      writeFileSync(join(other, name), name === 'alerts.yml' ? text.replaceAll(/ (>|==) /g, ' < ') : text);
    }
    expect(spawnSync('promtool', ['test', 'rules', 'alerts.test.yml'], { cwd: other }).status).not.toBe(0);
    await remove();
  });
});
