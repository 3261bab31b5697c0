import { describe, expect, it } from 'vitest';
import { address, choice, count, factor, flag, helpOf, readOptions, text, time, UsageError } from './options.ts';

const options = {
  vans: count('N', 'how many', 20, 1, 100),
  speed: factor('FACTOR', 'how fast', 1, 0.1, 10),
  interval: time('how often', 2000, 250, 60_000),
  url: address('where', 'http://127.0.0.1:8080', ['http:', 'https:']),
  times: choice('which', 'now', ['now', 'original'] as const),
  token: text('TOKEN', 'secret', '', 'VANTRAIL_TOKEN'),
  loop: flag('again'),
};
const read = (line: string, env: Record<string, string> = {}) =>
  readOptions(line.split(' ').filter(Boolean), options, env);

describe('readOptions', () => {
  it('reads every kind, with what stands behind them', () => {
    const { values, rest } = read('--vans 3 a.gpx --speed=2.5 --interval 500ms --times original --loop b');
    expect(values).toEqual({
      vans: 3,
      speed: 2.5,
      interval: 500,
      url: 'http://127.0.0.1:8080',
      times: 'original',
      token: '',
      loop: true,
    });
    expect(rest).toEqual(['a.gpx', 'b']);
  });

  it('takes the environment where the option is not given', () => {
    expect(read('', { VANTRAIL_TOKEN: 'T' }).values.token).toBe('T');
    expect(read('--token U', { VANTRAIL_TOKEN: 'T' }).values.token).toBe('U');
  });

  it.each([
    ['--vans 0', '--vans'],
    ['--vans 3.5', '--vans'],
    ['--vans', '--vans'],
    ['--speed fast', '--speed'],
    ['--interval 5', '--interval'],
    ['--interval 1h', '--interval'],
    ['--url ftp://x', '--url'],
    ['--times later', '--times'],
    ['--loop=yes', '--loop'],
    ['--wings 2', '--wings'],
  ])('names the option in %s', (line, name) => {
    expect(() => read(line)).toThrow(UsageError);
    expect(() => read(line)).toThrow(name);
  });

  it('tells each option with its value and default', () => {
    const help = helpOf(options);
    expect(help).toContain('--interval TIME');
    expect(help).toContain('(default 2s)');
    expect(help).toContain('[VANTRAIL_TOKEN]');
    expect(help).not.toContain('again (default');
  });
});
