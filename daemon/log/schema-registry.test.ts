import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { TestRegistry } from './schema-registry.fixture.ts';
import { SchemaRegistration, type SchemaRegistrationDeps } from './schema-registry.ts';
import { readRegistryAddress } from './schema-registry-address.ts';

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function registry(): Promise<{ server: TestRegistry; url: string }> {
  const server = new TestRegistry();
  const url = await server.start();
  cleanUp.push(() => server.stop());
  return { server, url };
}

function registration(url: string, more: Partial<SchemaRegistrationDeps> = {}) {
  const said: string[] = [];
  const say = (...all: unknown[]) => void said.push(String(all.at(-1)));
  const waits: number[] = [];
  const made = new SchemaRegistration({
    address: readRegistryAddress(url),
    prefix: 'vantrail',
    logger: { info: say, warn: say, error: say },
    wait: async (ms) => void waits.push(ms),
    random: () => 1,
    ...more,
  });
  cleanUp.push(() => made.stop());
  return { made, said, waits };
}

function folderWith(files: Record<string, unknown>): URL {
  const folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  cleanUp.push(() => rmSync(folder, { recursive: true }));
  for (const [name, schema] of Object.entries(files)) writeFileSync(join(folder, name), JSON.stringify(schema));
  return pathToFileURL(`${folder}/`);
}

const record = (...fields: object[]) => ({ type: 'record', name: 'Van', fields });
const id = { name: 'id', type: 'string' };

describe('the address of a registry', () => {
  it('is parted from its credentials', () => {
    expect(readRegistryAddress('http://registry:8081')).toEqual({ url: 'http://registry:8081' });
    expect(readRegistryAddress('https://us%40er:p%3Ass@example.org/registry/')).toEqual({
      url: 'https://example.org/registry',
      authorization: `Basic ${Buffer.from('us@er:p:ss').toString('base64')}`,
    });
  });

  it.each([
    'registry:8081',
    'ftp://user:secret@registry',
    'http://user:secret@registry?x=1',
    'http://user:secret%@registry',
    '',
  ])('refuses %s', (text) => {
    expect(() => readRegistryAddress(text)).toThrow(/^must be an http or https address, as/);
    expect(() => readRegistryAddress(text)).not.toThrow(/secret/);
  });
});

describe('SchemaRegistration', () => {
  it('registers both schemas of every kind of values, once', async () => {
    const { server, url } = await registry();
    const first = registration(`${url}/`, { prefix: 'gas' });
    await first.made.start();
    await first.made.done;
    expect([...server.subjects].map(([name, versions]) => `${name} ${versions.map((one) => one.schemaType)}`)).toEqual(
      [
        ...['InvitationRecord', 'LinkCredential', 'PasswordRecord', 'ServiceKeyRecord', 'SessionEndRecord'].map(
          (record) => `accounts.v1-${record}`,
        ),
        ...[
          'accounts.v1-SessionRecord',
          'accounts.v1-WebhookSecret',
          'accounts.v1',
          'dead-letters.v1',
          'events.v1',
          'people.v1-AccountProfile',
        ],
        ...['people.v1', 'places.v1', 'positions.v1'],
      ].flatMap((name) => [`gas.${name}-value-avro AVRO`, `gas.${name}-value JSON`]),
    );
    expect(server.requests.every(({ type }) => type === 'application/vnd.schemaregistry.v1+json')).toBe(true);
    expect(first.made.status()).toEqual({ registered: 28 });
    expect(first.said).toEqual([`schemas registered at ${url}: 28`]);

    const again = registration(url, { prefix: 'gas' });
    await again.made.start();
    await again.made.done;
    expect(again.made.status()).toEqual({ registered: 28 });
    expect([...server.subjects.values()].every((versions) => versions.length === 1)).toBe(true);
  });

  it('follows a version it may follow, and an older daemon finds its own again', async () => {
    const { server, url } = await registry();
    const older = folderWith({ 'vantrail.vans.v1.avsc': record(id) });
    const newer = folderWith({
      'vantrail.vans.v1.avsc': record(id, { name: 'name', type: ['null', 'string'], default: null }),
    });
    for (const folder of [older, newer, older]) {
      const { made } = registration(url, { folder });
      await made.start();
      await made.done;
      expect(made.status()).toEqual({ registered: 1 });
    }
    expect(server.subjects.get('vantrail.vans.v1-value-avro')).toHaveLength(2);
  });

  it('says what may not follow the version there is, and goes on with the others', async () => {
    const { server, url } = await registry();
    const before = registration(url, { folder: folderWith({ 'vantrail.vans.v1.avsc': record(id) }) });
    await before.made.start();
    await before.made.done;
    const { made, said } = registration(url, {
      folder: folderWith({
        'vantrail.vans.v1.avsc': record(id, { name: 'name', type: 'string' }),
        'vantrail.zones.v1.avsc': { type: 'record', name: 'Zone', fields: [{ name: 'id', type: 'text' }] },
        'vantrail.zones.v1.schema.json': { type: 'object' },
        'notes.txt': 'left alone',
      }),
    });
    await made.start();
    await made.done;
    const refused = [
      expect.stringMatching(
        new RegExp(`^schema registry ${url}: vantrail.vans.v1-value-avro may not follow the version it has: .*name`),
      ),
      expect.stringMatching(/ does not take the AVRO schema of vantrail.zones.v1-value-avro: Invalid schema: .*text/),
    ];
    expect(said).toEqual([...refused, `schemas registered at ${url}: 1`]);
    expect(made.status()).toEqual({ registered: 1, problem: expect.stringContaining('; schema registry ') });
    expect(server.subjects.has('vantrail.zones.v1-value')).toBe(true);
  });

  it('tries again while nobody answers, ever less often, says so once, and then registers', async () => {
    const { server, url } = await registry();
    await server.stop();
    const folder = folderWith({ 'vantrail.vans.v1.avsc': record(id), 'vantrail.vans.v1.schema.json': {} });
    const waits: number[] = [];
    const problems: (string | undefined)[] = [];
    const { made, said } = registration(url, {
      folder,
      wait: async (ms) => {
        waits.push(ms);
        problems.push(made.status().problem);
        if (waits.length === 8) await back.start(Number(new URL(url).port));
      },
    });
    const back = new TestRegistry();
    cleanUp.push(() => back.stop());
    back.next.push([500, { error_code: 50001, message: 'Error in the backend data store' }], [429, {}]);
    await made.start();
    await made.done;
    expect(waits.slice(0, 8)).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
    expect(problems[0]).toBe(`schema registry ${url}: no answer (ECONNREFUSED); tried again`);
    expect(problems[8]).toBe(`schema registry ${url}: it answers 500: Error in the backend data store; tried again`);
    expect(problems).toHaveLength(10);
    expect(said).toEqual([problems[0], `schemas registered at ${url}: 2`]);
    expect(made.status()).toEqual({ registered: 2 });
    expect(back.subjects.size).toBe(2);
  });

  it('signs in, and never shows the password', async () => {
    const { server, url } = await registry();
    server.credentials = 'vantrail:hunter2';
    const { host } = new URL(url);
    const folder = folderWith({ 'vantrail.vans.v1.avsc': record(id) });
    const good = registration(`http://vantrail:hunter2@${host}`, { folder });
    await good.made.start();
    await good.made.done;
    expect(good.made.status()).toEqual({ registered: 1 });
    const bad = registration(`http://vantrail:hunter3@${host}`, { folder });
    await bad.made.start();
    await bad.made.done;
    expect(bad.said[0]).toBe(
      `schema registry ${url} does not let this daemon register vantrail.vans.v1-value-avro (401): check user and password`,
    );
    expect(JSON.stringify([good.said, bad.said, bad.made.status()])).not.toContain('hunter');
  });

  it('goes nowhere else with the password when it is sent elsewhere', async () => {
    const { server, url } = await registry();
    server.next.push([302, {}, { location: '/elsewhere' }]);
    const { made } = registration(url, { folder: folderWith({ 'vantrail.vans.v1.avsc': record(id) }) });
    await made.start();
    await made.done;
    expect(made.status().problem).toContain('answers 302');
    expect(server.requests).toHaveLength(1);
  });

  it('stops in the middle of a wait, twice if need be, and does not stop anyone when the files are gone', async () => {
    const { server, url } = await registry();
    await server.stop();
    const { promise: waiting, resolve: waits } = Promise.withResolvers<void>();
    const { made } = registration(url, {
      wait: (_ms, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
          waits();
        }),
    });
    await made.start();
    await waiting;
    await made.stop();
    await made.stop();

    const { made: lost, said } = registration(url, { folder: pathToFileURL('/nowhere/at/all/') });
    await lost.start();
    await lost.done;
    expect(said).toEqual([expect.stringMatching(/^the schemas could not be registered: ENOENT/)]);
  });
});
