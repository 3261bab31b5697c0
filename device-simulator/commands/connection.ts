import { readFile } from 'node:fs/promises';
import { Api } from '../link/api.ts';
import { type Credential, KeyFile } from '../link/keys.ts';
import { Publisher, type PublisherCounts } from '../link/publisher.ts';
import { Registration } from '../link/register.ts';
import { readToken, tokenSource } from '../link/token.ts';
import { address, text, time, UsageError } from '../options.ts';
import { type Context, rest } from './command.ts';

/** The options of every command that speaks to a daemon. */
export const connectionOptions = {
  url: address('the daemon’s HTTP address', 'http://127.0.0.1:8080', ['http:', 'https:']),
  mqtt: address('the daemon’s MQTT address', 'mqtt://127.0.0.1:1883', ['mqtt:', 'mqtts:']),
  agency: text('ID', 'the agency the vans belong to', 'demo'),
  token: text(
    'TOKEN',
    'bearer token of an ADMIN of the agency (or its file: VANTRAIL_TOKEN_FILE)',
    '',
    'VANTRAIL_TOKEN',
  ),
  'token-command': text('COMMAND', 'command that prints such a token, run again before the last one ends'),
  keys: text('FILE', 'where the devices’ keys are kept, readable by you alone', 'data/simulator-keys.json'),
  duration: time('end after this long (0s: never)', 0, 0, 365 * 86_400_000),
};

interface Values {
  url: string;
  mqtt: string;
  agency: string;
  token: string;
  'token-command': string;
  keys: string;
}

/** Everything a command needs to make its vans known and to send for them. */
export interface Connection {
  api: Api;
  registration: Registration;
  keys: KeyFile;
  publishers: Publishers;
  /** false: no token was given, so only devices of the key file can be used */
  mayRegister: boolean;
}

/** ms a command waits for a daemon that is not there yet */
const patience = 60_000;

export async function connect(values: Values, context: Context): Promise<Connection> {
  const token = values.token || (await secretFile(context.env, 'VANTRAIL_TOKEN_FILE'));
  const source = tokenSource({ token, command: values['token-command'] });
  const mayRegister = token !== '' || values['token-command'] !== '';
  if (mayRegister) {
    const claimed = readToken(await source())?.agency;
    if (claimed === undefined) throw new UsageError('--token: must be a bearer token as `npm run -s token` prints it');
    if (claimed !== values.agency)
      throw new UsageError(`--agency: is ${values.agency}, but the token is for ${claimed}`);
  }
  const keys = new KeyFile(values.keys, values.url, values.agency);
  await keys.load();
  const sleep = (ms: number) => rest(ms, context.signal);
  const { signal } = context;
  const api = new Api({ url: values.url, token: source, fetch, patience, sleep, signal });
  const registration = new Registration({ api, keys });
  const publishers = new Publishers({
    url: values.mqtt,
    agency: values.agency,
    keys,
    registration,
    mayRegister,
    context,
  });
  return { api, registration, keys, publishers, mayRegister };
}

/** The content of the file that an environment variable names, or nothing. */
export async function secretFile(env: Context['env'], name: string): Promise<string> {
  const path = env[name];
  if (!path) return '';
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    throw new UsageError(`${name}: cannot be read (${(error as Error).message})`);
  }
}

interface PublishersDeps {
  url: string;
  agency: string;
  keys: KeyFile;
  registration: Registration;
  mayRegister: boolean;
  context: Context;
}

/** The publishers of one run: one a device, started together, counted together, stopped together. */
class Publishers {
  readonly #deps: PublishersDeps;
  readonly #publishers = new Map<string, Publisher>();
  readonly #renewed = new Set<string>();
  #isCut = false;

  constructor(deps: PublishersDeps) {
    this.#deps = deps;
  }

  /** Opens the connection of a device and keeps it open. */
  open(deviceId: string, first: Credential): Publisher {
    let credential = first;
    const { url, agency, keys, registration, mayRegister, context } = this.#deps;
    const publisher: Publisher = new Publisher({
      url,
      credential: () => credential,
      clientId: `${agency}-${deviceId}-${process.pid}`,
      onChange: () => {
        this.#tellOfTheLine(publisher.counts);
        const { refused } = publisher.counts;
        if (refused === undefined || this.#renewed.has(deviceId)) return;
        this.#renewed.add(deviceId);
        if (!mayRegister) return context.say(`${deviceId} is not let in: ${refused}`);
        // its key is of another time, as after a restored backup: a new one, once
        registration.renew(deviceId).then(
          (renewed) => {
            credential = renewed;
            return keys.save();
          },
          (error: unknown) => context.say(`${deviceId} is not let in and gets no new key: ${(error as Error).message}`),
        );
      },
    });
    this.#publishers.set(deviceId, publisher);
    publisher.start();
    return publisher;
  }

  /** Says once that there is no connection at all, and once that there is one again. */
  #tellOfTheLine({ connected, failure }: PublisherCounts): void {
    const { url, context } = this.#deps;
    if (connected && this.#isCut) context.say(`connected to ${url} again; what waited is being sent`);
    const isCut = !connected && this.counts.connected === 0;
    if (isCut && !this.#isCut)
      context.say(`no connection to ${url} (${failure ?? 'closed'}); fixes are kept until there is one`);
    if (connected || isCut) this.#isCut = isCut;
  }

  get counts(): Omit<PublisherCounts, 'connected' | 'refused' | 'failure'> & { connected: number; publishers: number } {
    const sum = { taken: 0, acknowledged: 0, waiting: 0, dropped: 0, connected: 0, publishers: this.#publishers.size };
    for (const { counts } of this.#publishers.values()) {
      sum.taken += counts.taken;
      sum.acknowledged += counts.acknowledged;
      sum.waiting += counts.waiting;
      sum.dropped += counts.dropped;
      sum.connected += counts.connected ? 1 : 0;
    }
    return sum;
  }

  /** How it is going, in one line. */
  get line(): string {
    const { connected, publishers, taken, acknowledged, waiting, dropped } = this.counts;
    const lost = dropped > 0 ? ` · dropped ${dropped}` : '';
    return `connected ${connected}/${publishers} · sent ${taken} · acknowledged ${acknowledged} · waiting ${waiting}${lost}`;
  }

  /** Sends what waits, at most for `ms`, and hangs up. */
  async stop(ms: number): Promise<void> {
    await Promise.all([...this.#publishers.values()].map((publisher) => publisher.stop(ms)));
  }
}
