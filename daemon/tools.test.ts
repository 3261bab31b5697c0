import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agency } from './agency.ts';
import { Keys } from './http/keys.ts';
import { KeysFile } from './http/keys-file.ts';
import { type PeopleServer, peopleServer } from './http/people.fixture.ts';
import { type RegistryServer, registryServer } from './http/registry.fixture.ts';
import { Tokens } from './http/tokens.ts';
import { MemoryLog } from './log/memory.ts';
import { UsageError } from './options.ts';
import { token } from './token.ts';

let bed: RegistryServer;
let url: string;
beforeAll(async () => {
  bed = await registryServer(new MemoryLog());
  // The tools make tokens by the real clock.
  const tokens = new Tokens({ keys: new Keys(join(bed.folder, 'keys')) });
  bed.tokens.verify = (text) => tokens.verify(text);
  url = await bed.app.listen({ host: '127.0.0.1', port: 0 });
});
afterAll(() => bed.remove());

const run = (tool: typeof token, ...argv: string[]) =>
  tool({ argv, env: {}, readFile: () => '' }).then(
    (text) => text,
    (error: unknown) => error,
  );
const made = async (...argv: string[]) => {
  const text = await run(token, '--data', bed.folder, ...argv);
  return typeof text === 'string' ? new Tokens({ keys: new Keys(join(bed.folder, 'keys')) }).verify(text) : text;
};

describe('npm run token', () => {
  it('prints a token that the daemon takes', async () => {
    expect(await made('--role', 'DELIVERY_PARTNER', '--agency', 'demo', '--subject', 'ravi')).toMatchObject({
      role: 'DELIVERY_PARTNER',
      agency: 'demo',
      subject: 'ravi',
    });
    const text = await run(token, '--data', bed.folder, '--role', 'ADMIN', '--agency', 'demo');
    const answer = await fetch(`${url}/api/vans`, { headers: { authorization: `Bearer ${text}` } });
    expect(answer.status).toBe(200);
  });

  it('gives a service its scopes, and nobody else', async () => {
    const service = ['--role', 'INTERNAL_SERVICE', '--agency', 'demo', '--scope'];
    expect(await made(...service, 'positions:write,positions:read')).toMatchObject({
      scopes: new Set(['positions:write', 'positions:read']),
    });
    expect(await made(...service, 'everything')).toBeInstanceOf(UsageError);
    expect(await made('--role', 'ADMIN', '--agency', 'demo', '--scope', 'positions:read')).toBeInstanceOf(UsageError);
  });

  it.each([
    [['--agency', 'demo'], '--role is missing'],
    [['--role', 'ADMIN'], '--agency is missing'],
    [['--role', 'ROOT', '--agency', 'demo'], '--role: "ROOT" is wrong: must be one of "ADMIN"'],
    [['--role', 'ADMIN', '--agency', 'De mo'], '--agency: "De mo" is wrong'],
    [['--role', 'ADMIN', '--agency', 'demo', '--ttl', '16m'], '--ttl: "16m" is wrong: must be 1s to 15m'],
    [['--role', 'ADMIN', '--agency', 'demo', '--ttl', 'long'], '--ttl'],
    [['--rol', 'ADMIN'], "Unknown option '--rol'"],
  ])('refuses %j', async (argv, message) => {
    const error = await made(...argv);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as Error).message).toContain(message);
  });

  it('says what to do where there is no daemon', async () => {
    const error = await run(token, '--data', '/nonexistent', '--role', 'ADMIN', '--agency', 'demo');
    expect((error as Error).message).toMatch(/no keys in \/nonexistent\/keys: start the daemon/);
  });

  it('rotates keys', async () => {
    const before = await run(token, '--data', bed.folder, '--role', 'ADMIN', '--agency', 'demo');
    expect(await run(token, '--data', bed.folder, '--rotate-key')).toMatch(/^new signing key \S+$/);
    expect(await run(token, '--data', bed.folder, '--remove-old-keys')).toMatch(/^removed \S+$/);
    const keys = new Keys(join(bed.folder, 'keys'));
    expect(await new Tokens({ keys }).verify(String(before))).toBeNull();
  });

  it('makes and rotates a file of keys that several daemons share, and signs with it', async () => {
    const file = join(bed.folder, 'shared-keys.json');
    const shared = (...argv: string[]) => run(token, '--keys-file', file, ...argv);
    expect((await shared('--role', 'ADMIN', '--agency', 'demo')) as Error).toHaveProperty(
      'message',
      expect.stringMatching(/^the keys file cannot be read: .*--rotate-key makes one$/),
    );
    expect(await shared('--rotate-key')).toMatch(/^new signing key \S+$/);
    const first = await shared('--role', 'ADMIN', '--agency', 'demo');
    expect(await new Tokens({ keys: new KeysFile(file) }).verify(String(first))).toMatchObject({ role: 'ADMIN' });
    expect(await bed.tokens.verify(String(first))).toBeNull();
    expect(await shared('--rotate-key')).toMatch(/^new signing key \S+$/);
    expect(await new Tokens({ keys: new KeysFile(file) }).verify(String(first))).toMatchObject({ role: 'ADMIN' });
    expect(await shared('--remove-old-keys')).toMatch(/^removed \S+$/);
    expect(await new Tokens({ keys: new KeysFile(file) }).verify(String(first))).toBeNull();
  });

  it('as a program: only the token on stdout, exit code 2 for wrong usage', async () => {
    const program = fileURLToPath(new URL('token.ts', import.meta.url));
    const start = (...argv: string[]) =>
      new Promise<{ code: number; out: string; err: string }>((resolve) => {
        execFile(process.execPath, [program, '--data', bed.folder, ...argv], (error, out, err) =>
          resolve({ code: Number(error?.code ?? 0), out, err }),
        );
      });
    const good = await start('--role', 'ADMIN', '--agency', 'demo');
    expect(good).toMatchObject({ code: 0, out: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+\n$/), err: '' });
    const wrong = await start('--role', 'ROOT', '--agency', 'demo');
    expect(wrong).toMatchObject({ code: 2, out: '', err: expect.stringMatching(/^--role: .*\n$/) });
  });
});

describe('npm run agency', () => {
  let people: PeopleServer;
  let data: string;
  let at: string;
  beforeAll(async () => {
    people = await peopleServer();
    // The tools make tokens by the real clock.
    people.clock.now = Date.now();
    data = people.dataFolder;
    at = (await people.listen()).replace('ws:', 'http:').replace('/feed', '');
  });
  afterAll(() => people.remove());
  const add = (...argv: string[]) => run(agency, '--data', data, '--url', at, ...argv);

  it('makes an agency in the running daemon, and the link by which its administrator sets a password', async () => {
    const text = String(await add('add', 'shanti', '--name', 'Shanti Gas', '--time-zone', 'Asia/Kolkata'));
    expect(text).toContain('Agency shanti (Shanti Gas, Asia/Kolkata) is added.');
    expect(text).toContain('signs in as admin@shanti, and sets a password here within 30 minutes, once:');
    expect(people.registry.agency('shanti')).toMatchObject({ name: 'Shanti Gas', language: 'en' });
    const token = people.secretOf(text.trim().split(/\s+/).at(-1) ?? '');
    const accept = () =>
      people.ask('POST', '/api/invitations/accept', { body: { token, password: 'seven green parrots' } });
    expect((await accept()).body).toMatchObject({ role: 'ADMIN', subject: 'admin', agency: 'shanti' });
    expect((await accept()).status).toBe(404);
    expect(((await add('add', 'shanti')) as Error).message).toBe('the daemon refused: Agency shanti exists.');
  });

  it('makes another link where the first one was not used', async () => {
    await add('add', 'ganga', '--admin', 'meera');
    const text = String(await add('link', 'ganga', '--admin', 'meera'));
    expect(text).toContain('meera@ganga');
    expect(people.accounts.account('ganga', 'meera')).toMatchObject({ role: 'ADMIN', signIn: 'invited' });
    expect(((await add('link', 'nowhere')) as Error).message).toMatch(/^the daemon refused: /);
  });

  it.each([[[]], [['add']], [['remove', 'x']], [['add', 'Big']], [['add', 'a', 'b']], [['add', 'a', '--url', 'x']]])(
    'refuses %j',
    async (argv) => {
      expect(await add(...argv)).toBeInstanceOf(UsageError);
    },
  );

  it('says so when no daemon answers', async () => {
    const error = await run(agency, 'add', 'x', '--data', bed.folder, '--url', 'http://127.0.0.1:1');
    expect((error as Error).message).toMatch(/^no daemon answers at http:\/\/127\.0\.0\.1:1 /);
  });
});
