import { describe, expect, it } from 'vitest';
import { readSources } from './source-option.ts';

const wrong = (...texts: string[]): string => {
  try {
    readSources(texts, 'vantrail');
    return 'nothing';
  } catch (error) {
    return (error as Error).message;
  }
};

describe('--kafka-source', () => {
  it('names topic, format, and who vouches', () => {
    expect(
      readSources(
        ['delivery.location.v1:delivery-location@demo/gw-1', 'flights:opensky', 'them.positions.v1:plain'],
        'us',
      ),
    ).toEqual([
      { topic: 'delivery.location.v1', format: 'delivery-location', agency: 'demo', gateway: 'gw-1' },
      { topic: 'flights', format: 'opensky', gateway: 'flights' },
      { topic: 'them.positions.v1', format: 'plain', gateway: 'them.positions.v1' },
    ]);
  });

  it.each([
    ['flights', 'must be topic:format or topic:format@agency/gateway'],
    ['flights:opensky:more', 'must be topic:format or'],
    [':opensky', 'the topic must be 1 to 249 letters'],
    ['fl ights:opensky', 'the topic must be 1 to 249 letters'],
    ['..:opensky', 'the topic must be 1 to 249 letters'],
    ['flights:avro', 'the format must be one of native, owntracks, '],
    ['flights:', 'the format must be one of native, owntracks, '],
    ['_flights:opensky', 'name one: topic:format@agency/gateway'],
    ['flights:opensky@demo', 'after @ there must be the id of an agency, a slash and the id of its gateway'],
    ['flights:opensky@demo/', 'after @ there must be'],
    ['flights:opensky@Demo/gw-1', 'after @ there must be'],
    ['flights:opensky@demo/gw-1/x', 'after @ there must be'],
    ['vantrail.positions.v1:plain@demo/gw-1', 'vantrail.positions.v1 is a topic of ours'],
  ])('refuses %s', (text, rule) => {
    expect(wrong(text)).toContain(`${JSON.stringify(text)} is wrong: `);
    expect(wrong(text)).toContain(rule);
  });

  it('refuses a topic that is named twice', () => {
    expect(wrong('flights:opensky', 'flights:plain@demo/gw-1')).toBe(
      '"flights:plain@demo/gw-1" is wrong: topic flights is named twice',
    );
  });

  it('tells the value and the rule to whoever asks for them', () => {
    const told: string[][] = [];
    const refuse = (...all: string[]): never => {
      told.push(all);
      throw new Error('refused');
    };
    expect(() => readSources(['flights'], 'vantrail', refuse)).toThrow('refused');
    expect(told).toEqual([['flights', expect.stringMatching(/^must be topic:format/)]]);
  });
});
