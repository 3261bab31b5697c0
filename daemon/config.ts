import { BlockList, isIP } from 'node:net';
import { type Static, Type } from 'typebox';
import { checkKafka } from './config-kafka.ts';
import { type Reading, readOptions, type Sources, UsageError } from './options.ts';

const port = (preset: number, description: string) =>
  Type.Integer({ minimum: 0, maximum: 65_535, default: preset, description: `${description}; 0 takes any free one` });
const choice = <T extends string>(values: readonly T[], preset: T, description: string) =>
  Type.Unsafe<T>(
    Type.Union(
      values.map((value) => Type.Literal(value)),
      { default: preset, description },
    ),
  );
const text = (description: string, options: { default?: string; secret?: true } = {}) =>
  Type.String({ minLength: 1, maxLength: 4096, description, ...options });
const list = (description: string) =>
  Type.Array(Type.String({ minLength: 1, maxLength: 2048 }), { default: [], maxItems: 100, description });
const whole = (preset: number, minimum: number, maximum: number, description: string) =>
  Type.Integer({ default: preset, minimum, maximum, description });

const most = Number.MAX_SAFE_INTEGER;

/** Every option of the daemon: type, rule, default and documentation in one place. See `options.ts` for their forms. */
const ConfigSchema = Type.Object(
  {
    host: text('address to listen on; other than loopback only behind TLS or a reverse proxy', {
      default: '127.0.0.1',
    }),
    httpPort: port(8080, 'port for HTTP and the live feed'),
    mqttPort: port(1883, 'port for trackers over MQTT'),
    mqttPlain: Type.Boolean({
      default: false,
      description: 'with a certificate: open the unencrypted MQTT port to others too, not to this machine alone',
    }),
    mqttTlsPort: port(8883, 'port for trackers over MQTT with TLS, opened when a certificate is given'),
    adminPort: port(9180, 'port on 127.0.0.1 for readiness in detail and metrics'),
    adminHost: Type.Optional(
      text('a further address for readiness in detail and metrics: that of a network of your own, never a public one'),
    ),
    data: text('folder for the log, projections and keys', { default: './data' }),
    log: choice(
      ['embedded', 'kafka'],
      'embedded',
      'the log: embedded is an SQLite file in the data folder; kafka is shared by several daemons',
    ),
    kafkaBrokers: list('Kafka brokers as host:port, for --log kafka'),
    kafkaPrefix: text('what the names of our topics begin with', { default: 'vantrail' }),
    kafkaPartitions: whole(6, 1, 1000, 'partitions of each topic that does not exist yet'),
    kafkaReplication: whole(3, 1, 9, 'replicas of each topic that does not exist yet; one fewer must be in sync'),
    kafkaTls: Type.Boolean({ default: false, description: 'TLS to the brokers' }),
    kafkaCa: Type.Optional(text('file with the CA (PEM) that signed the certificates of the brokers')),
    kafkaSasl: choice(
      ['none', 'plain', 'scram-sha-256', 'scram-sha-512'],
      'none',
      'how the daemon signs in at the brokers',
    ),
    kafkaUsername: Type.Optional(text('user name at the brokers')),
    kafkaPassword: Type.Optional(text('password at the brokers', { secret: true })),
    ack: choice(
      ['spool', 'kafka'],
      'spool',
      'with --log kafka, what an acknowledgement waits for: this daemon’s disk, or the brokers',
    ),
    ackFallback: choice(
      ['spool', 'refuse'],
      'spool',
      'with --ack kafka, when no broker answers: this daemon’s disk, or no acknowledgement',
    ),
    spoolMaxBytes: whole(
      20_000_000_000,
      1_000_000,
      most,
      'with --log kafka: bytes that may wait on this disk for the brokers; beyond that nothing is acknowledged',
    ),
    keysFile: Type.Optional(
      text('file with the signing keys that all daemons of one log share; needed with --log kafka'),
    ),
    kafkaSource: list(
      'topics of other systems to take positions from, as topic:format or topic:format@agency/gateway (docs/kafka.md)',
    ),
    schemaRegistry: Type.Optional(
      text('address of a Confluent-compatible schema registry, user:password@ included', { secret: true }),
    ),
    tlsCert: Type.Optional(text('file with the certificate chain (PEM): HTTPS and MQTT over TLS')),
    tlsKey: Type.Optional(text('file with the private key of the certificate (PEM)')),
    publicUrl: Type.Optional(
      text('where people reach the pages from outside, as https://gas.example: it stands in the links they are sent'),
    ),
    notifyUrl: Type.Optional(
      text('where messages to people are posted, signed, for an SMS provider (docs/messages.md); none: nobody is told'),
    ),
    notifySecret: Type.Optional(text('secret of that signature, 16 characters or more', { secret: true })),
    webhookPrivate: Type.Boolean({
      default: false,
      description: "webhooks may go to addresses inside the operator's own network, and without TLS",
    }),
    geocoder: choice(
      ['none', 'nominatim', 'photon'],
      'none',
      'a service outside that is asked for addresses nothing of our own knows',
    ),
    geocoderUrl: Type.Optional(text('its address, as https://nominatim.example.org')),
    trustProxy: list('addresses or networks (CIDR) of reverse proxies whose X-Forwarded-* headers are believed'),
    allowedOrigins: list('origins of other pages that may call the API and open the feed, as https://example.org'),
    demo: Type.Boolean({
      default: false,
      description: 'sign-in without a password for this machine; refused unless --host is a loopback address',
    }),
    pagesFolder: Type.Optional(text('folder with the built pages (default: dist beside the program)')),
    baseMap: choice(
      ['style', 'mapbox', 'demo', 'land'],
      'style',
      'the map under the vans: a MapLibre style, Mapbox (needs a token), the demo town, or land outlines only',
    ),
    mapStyle: text('address of the MapLibre or Mapbox style (mapbox://styles/… with a token)', {
      default: 'https://tiles.openfreemap.org/styles/liberty',
    }),
    mapboxToken: Type.Optional(text('public Mapbox access token; it is sent to the console', { secret: true })),
    mapHosts: list('further origins the map style loads tiles, glyphs or sprites from, as https://tiles.example.org'),
    townFile: Type.Optional(text('GeoJSON file of the demo town, for --base-map demo')),
    trailsKeptDays: whole(1095, 1, 36_500, 'days a trail is kept; older fixes are refused'),
    positionsKeptDays: whole(1095, 1, 36_500, 'days positions stay in the log, from which trails can be rebuilt'),
    positionsKeptBytes: whole(20_000_000_000, 1_000_000, most, 'bytes of positions in the log; the oldest go first'),
    deadLettersKeptDays: whole(90, 1, 36_500, 'days dead letters are kept'),
    deadLettersKeptBytes: whole(1_000_000_000, 1_000_000, most, 'bytes of dead letters; the oldest go first'),
    deadLettersPerDevice: whole(1000, 1, 1_000_000, 'dead letters kept of one device and day; more are only counted'),
    maxWaitingBytes: whole(
      67_108_864,
      1_048_576,
      2_147_483_647,
      'bytes accepted and not yet durable; then input waits',
    ),
    maxConnections: whole(20_000, 1, 1_000_000, 'open connections of trackers and of browsers, each'),
    rateLimit: whole(1200, 1, 10_000_000, 'HTTP requests a minute of one account or device'),
    addressRateLimit: whole(600, 1, 10_000_000, 'HTTP requests a minute of one address without a token'),
    logLevel: choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'info', 'what is logged'),
  },
  { additionalProperties: false },
);
export type Config = Static<typeof ConfigSchema>;

/** Reads the daemon's options from flags, environment and file. Throws UsageError (exit code 2). */
export function readConfig(
  argv: readonly string[],
  env: Sources['env'],
  readFile: Sources['readFile'],
): { config: Config } | Exclude<Reading<never>, { options: never }> {
  const program = { name: 'npm run daemon --', does: 'Runs the Vantrail daemon.' };
  const reading = readOptions(program, ConfigSchema, { argv, env, readFile });
  if (!('options' in reading)) return reading;
  const { positionals: _none, ...config } = reading.options;
  checkTogether(config);
  return { config };
}

/** The rules that one option alone cannot break. */
function checkTogether(config: Config): void {
  const refuse = (option: string, value: unknown, rule: string): never => {
    throw new UsageError(`--${option}: ${JSON.stringify(value)} is wrong: ${rule}`);
  };
  if ((config.tlsCert === undefined) !== (config.tlsKey === undefined)) {
    const [given, missing] = config.tlsCert === undefined ? ['tls-key', 'tls-cert'] : ['tls-cert', 'tls-key'];
    refuse(given, config.tlsCert ?? config.tlsKey, `--${missing} must be given with it`);
  }
  if (config.demo && !isLoopback(config.host)) {
    refuse('host', config.host, '--demo signs in anyone who reaches it and needs a loopback address (127.0.0.1)');
  }
  for (const network of config.trustProxy) {
    if (!isNetwork(network)) refuse('trust-proxy', network, 'must be an address or a network such as 10.0.0.0/8');
  }
  for (const [option, origins] of [
    ['allowed-origins', config.allowedOrigins],
    ['map-hosts', config.mapHosts],
  ] as const) {
    for (const origin of origins) {
      if (!isOrigin(origin)) refuse(option, origin, 'must be an origin such as https://example.org, without a path');
    }
  }
  if (!/^(https?|mapbox):\/\/[^\s;,]+$/.test(config.mapStyle)) {
    refuse('map-style', config.mapStyle, 'must be an http, https or mapbox address');
  }
  if (config.baseMap === 'mapbox' && config.mapboxToken === undefined) {
    refuse('base-map', config.baseMap, '--mapbox-token (or --mapbox-token-file) must be given with it');
  }
  if (config.mapboxToken?.startsWith('sk.')) {
    throw new UsageError('--mapbox-token: (secret) is wrong: must be a public token (pk.…), the console shows it');
  }
  if (config.baseMap === 'demo' && config.townFile === undefined) {
    refuse('base-map', config.baseMap, '--town-file must be given with it');
  }
  const ports = [
    ['http-port', config.httpPort],
    ['mqtt-port', config.mqttPort],
    ['admin-port', config.adminPort],
    ...(config.tlsCert === undefined ? [] : [['mqtt-tls-port', config.mqttTlsPort] as const]),
  ] as const;
  for (const [index, [option, number]] of ports.entries()) {
    const twin = ports.slice(0, index).find(([, other]) => number !== 0 && other === number);
    if (twin) refuse(option, number, `--${twin[0]} has the same port`);
  }
  checkReach(config, refuse);
  checkKafka(config, refuse);
}

/** What is reached outside, and where we are reached. */
function checkReach(
  { publicUrl, notifyUrl, notifySecret, geocoder, geocoderUrl }: Config,
  refuse: (option: string, value: unknown, rule: string) => never,
): void {
  for (const [option, url] of [
    ['public-url', publicUrl],
    ['notify-url', notifyUrl],
    ['geocoder-url', geocoderUrl],
  ] as const) {
    if (url !== undefined && !/^https?:\/\/[^\s/;,'"]+/.test(url))
      refuse(option, url, 'must be an http or https address');
  }
  if (publicUrl !== undefined && !isOrigin(publicUrl)) {
    refuse('public-url', publicUrl, 'must be an address such as https://gas.example, without a path');
  }
  if (notifyUrl !== undefined && notifySecret === undefined) {
    refuse('notify-url', notifyUrl, '--notify-secret (or --notify-secret-file) must be given with it');
  }
  if (notifySecret !== undefined && notifyUrl === undefined) {
    refuse('notify-secret', '(not shown)', '--notify-url must be given with it');
  }
  if (notifySecret !== undefined && notifySecret.length < 16) {
    refuse('notify-secret', '(not shown)', 'must have at least 16 characters');
  }
  if (geocoder !== 'none' && geocoderUrl === undefined) {
    refuse('geocoder', geocoder, '--geocoder-url must be given with it');
  }
  if (geocoder === 'none' && geocoderUrl !== undefined) {
    refuse('geocoder-url', geocoderUrl, '--geocoder nominatim (or photon) must be given with it');
  }
}

/** Whether an address to listen on is reached from this machine alone. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  if (!/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), family === 4 ? 'ipv4' : 'ipv6');
    return true;
  } catch {
    return false;
  }
}

function isOrigin(text: string): boolean {
  // `app://` is how a desktop program calls its own pages.
  if (!/^[a-z][a-z0-9+.-]*:\/\/[^\s/;,'"]+$/i.test(text)) return false;
  return URL.canParse(text);
}
