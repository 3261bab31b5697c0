import { describe, expect, it } from 'vitest';
import { type Config, isLoopback, readConfig } from './config.ts';
import { UsageError } from './options.ts';

const files: Record<string, string> = {
  '/run/secrets/mapbox': 'pk.from-file\n',
  '/etc/vantrail.json': JSON.stringify({ httpPort: 8001, mqttPort: 1001, host: '10.0.0.1', mapboxToken: 'pk.json' }),
  '/etc/unknown.json': '{"httpPrt": 1}',
  '/etc/list.json': '[]',
  '/etc/broken.json': '{',
  '/etc/type.json': '{"httpPort": "8080"}',
};

function read(argv: string[], env: Record<string, string> = {}) {
  return readConfig(argv, env, (path) => {
    const text = files[path];
    if (text === undefined) throw new Error('ENOENT: no such file');
    return text;
  });
}
function config(argv: string[], env: Record<string, string> = {}): Config {
  const reading = read(argv, env);
  if (!('config' in reading)) throw new Error('no config came back');
  return reading.config;
}
function refusal(argv: string[], env: Record<string, string> = {}): string {
  try {
    read(argv, env);
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).exitCode).toBe(2);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error(`${argv.join(' ')} was accepted`);
}

describe('configuration', () => {
  it('has defaults for everything that is needed', () => {
    expect(config([])).toMatchObject({
      host: '127.0.0.1',
      httpPort: 8080,
      mqttPort: 1883,
      demo: false,
      data: './data',
    });
  });

  it('takes flag before environment before file before default', () => {
    const env = { VANTRAIL_HTTP_PORT: '8002', VANTRAIL_HOST: '10.0.0.2' };
    const all = config(['--config', '/etc/vantrail.json', '--http-port', '8003'], env);
    expect(all).toMatchObject({ httpPort: 8003, host: '10.0.0.2', mqttPort: 1001, adminPort: 9180 });
    expect(config([], { VANTRAIL_CONFIG: '/etc/vantrail.json' }).httpPort).toBe(8001);
  });

  it('reads each type from text', () => {
    const env = { VANTRAIL_DEMO: 'yes', VANTRAIL_ALLOWED_ORIGINS: 'https://a.example, https://b.example' };
    expect(config([], env)).toMatchObject({
      demo: true,
      allowedOrigins: ['https://a.example', 'https://b.example'],
    });
    expect(config(['--no-demo'], env).demo).toBe(false);
    expect(config(['--trust-proxy', '10.0.0.0/8', '--trust-proxy', '::1']).trustProxy).toEqual(['10.0.0.0/8', '::1']);
  });

  it('counts an empty environment variable as not set, and ignores what Kubernetes adds', () => {
    expect(config([], { VANTRAIL_HTTP_PORT: '', VANTRAIL_PORT: 'tcp://10.0.0.1:80' }).httpPort).toBe(8080);
  });

  it('reads secrets from files, and not from two places at once', () => {
    expect(config(['--mapbox-token-file', '/run/secrets/mapbox']).mapboxToken).toBe('pk.from-file');
    expect(config([], { VANTRAIL_MAPBOX_TOKEN_FILE: '/run/secrets/mapbox' }).mapboxToken).toBe('pk.from-file');
    expect(refusal(['--mapbox-token', 'pk.x', '--mapbox-token-file', '/run/secrets/mapbox'])).toMatch(
      /^--mapbox-token: .*not both/,
    );
    expect(refusal([], { VANTRAIL_MAPBOX_TOKEN_FILE: '/nowhere' })).toMatch(/^VANTRAIL_MAPBOX_TOKEN: .*\/nowhere/);
  });

  it('names option, value and rule of what is wrong', () => {
    expect(refusal(['--http-port', '99999'])).toBe(
      '--http-port: 99999 is wrong: must be a whole number, at least 0, at most 65535',
    );
    expect(refusal([], { VANTRAIL_MQTT_PORT: 'abc' })).toMatch(/^VANTRAIL_MQTT_PORT: "abc" is wrong: must be a whole/);
    expect(refusal(['--http-port', '80.5'])).toMatch(/^--http-port: 80.5 is wrong/);
    expect(refusal(['--base-map', 'google'])).toMatch(/^--base-map: "google" is wrong: must be one of "style", "map/);
    expect(refusal(['--config', '/etc/type.json'])).toMatch(/^\/etc\/type.json: httpPort: "8080" is wrong/);
    expect(refusal(['--log', 'kafka'])).toMatch(/^--log: "kafka" is wrong/);
    expect(refusal(['--host', ''])).toMatch(/^--host: "" is wrong/);
  });

  it('refuses what it does not know', () => {
    expect(refusal(['--htp-port', '1'])).toBe("Unknown option '--htp-port'; see --help");
    expect(refusal(['stray'])).toMatch(/stray/);
    expect(refusal(['--http-port'])).toMatch(/--http-port/);
    expect(refusal(['--config', '/etc/unknown.json'])).toBe('/etc/unknown.json: "httpPrt" is no option; see --help');
    expect(refusal(['--config', '/etc/list.json'])).toMatch(/must be a JSON object/);
    expect(refusal(['--config', '/etc/broken.json'])).toMatch(/must be JSON/);
    expect(refusal(['--config', '/nowhere'])).toMatch(/^--config: "\/nowhere" cannot be read/);
  });

  it('refuses what does not go together', () => {
    expect(refusal(['--demo', '--host', '0.0.0.0'])).toMatch(/^--host: "0.0.0.0" is wrong: --demo/);
    expect(refusal(['--tls-cert', 'a.pem'])).toMatch(/^--tls-cert: "a.pem" is wrong: --tls-key must/);
    expect(refusal(['--tls-key', 'a.pem'])).toMatch(/^--tls-key/);
    expect(refusal(['--trust-proxy', '10.0.0.0/40'])).toMatch(/^--trust-proxy: "10.0.0.0\/40"/);
    expect(refusal(['--allowed-origins', 'https://a.example/path'])).toMatch(/^--allowed-origins/);
    expect(refusal(['--map-style', 'javascript:alert(1)'])).toMatch(/^--map-style/);
    expect(refusal(['--base-map', 'mapbox'])).toMatch(/--mapbox-token/);
    expect(refusal(['--base-map', 'demo'])).toMatch(/--town-file/);
    expect(refusal(['--mqtt-port', '8080'])).toBe('--mqtt-port: 8080 is wrong: --http-port has the same port');
    expect(config(['--http-port', '0', '--mqtt-port', '0', '--admin-port', '0']).httpPort).toBe(0);
  });

  it('never prints a secret', () => {
    expect(refusal(['--mapbox-token', 'sk.verysecret'])).not.toContain('verysecret');
    expect(refusal(['--mapbox-token', 'x'.repeat(5000)])).toBe(
      '--mapbox-token: (secret) is wrong: must be a text: public Mapbox access token; it is sent to the console',
    );
  });

  it('explains every option in --help', () => {
    const reading = read(['--help']);
    if (!('help' in reading)) throw new Error('no help');
    for (const flag of ['--http-port N', '--demo', '--base-map style|mapbox|demo|land', '--mapbox-token-file FILE']) {
      expect(reading.help).toContain(flag);
    }
    expect(read(['--version'])).toEqual({ version: true });
  });

  it('knows loopback addresses', () => {
    expect(['127.0.0.1', '127.1.2.3', '::1', 'localhost'].filter((host) => !isLoopback(host))).toEqual([]);
    expect(['0.0.0.0', '::', '10.0.0.1', '127.evil.example', ''].filter(isLoopback)).toEqual([]);
  });
});
