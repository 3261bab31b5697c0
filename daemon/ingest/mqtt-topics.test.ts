import { describe, expect, it } from 'vitest';
import { commandTopic, mayPublish, maySubscribe, readTopic } from './mqtt-topics.ts';

describe('readTopic', () => {
  it.each([
    ['vantrail/van-7/position', 'position', ''],
    ['vantrail/van-7/raw', 'raw', ''],
    ['vantrail/van-7/gateway', 'gateway', ''],
    ['owntracks/van-7/phone', 'owntracks', 'phone'],
    ['owntracks/van-7/phone/event', 'owntracks', 'phone/event'],
    ['owntracks/van-7', 'owntracks', ''],
    ['teltonika/van-7/data', 'teltonika', ''],
    ['v1/devices/me/telemetry', 'thingsboard', ''],
  ])('knows %s', (topic, door, subtopic) => {
    expect(readTopic('van-7', topic)).toEqual({ door, username: 'van-7', subtopic });
    expect(mayPublish('van-7', topic)).toBe(true);
  });

  it.each([
    ['another device', 'vantrail/van-8/position'],
    ['another device by prefix', 'vantrail/van-77/position'],
    ['another device’s OwnTracks', 'owntracks/van-8/van-7'],
    ['other case', 'Vantrail/van-7/position'],
    ['more levels', 'vantrail/van-7/position/x'],
    ['fewer levels', 'vantrail/van-7'],
    ['its own command topic', 'vantrail/van-7/command'],
    ['an unknown door', 'vantrail/van-7/telemetry'],
    ['a wildcard +', 'vantrail/+/position'],
    ['a wildcard #', 'owntracks/van-7/#'],
    ['a broker topic', '$SYS/broker/clients'],
    ['$ inside', 'owntracks/van-7/$share'],
    ['NUL', 'owntracks/van-7/a\0b'],
    ['a line break', 'owntracks/van-7/a\r\nb'],
    ['broken UTF-8', 'owntracks/van-7/a\ufffdb'],
    ['an empty first level', '/vantrail/van-7/position'],
    ['an empty level', 'vantrail//position'],
    ['an empty last level', 'owntracks/van-7/'],
    ['nothing', ''],
    ['a name as long as a novel', `owntracks/van-7/${'x'.repeat(300)}`],
    ['ThingsBoard attributes', 'v1/devices/me/attributes'],
  ])('refuses %s', (_, topic) => {
    expect(readTopic('van-7', topic)).toBeUndefined();
    expect(mayPublish('van-7', topic)).toBe(false);
  });

  it.each(['', '+', '#', 'a/b', '$SYS', 'a\0'])('gives nothing to the username %j', (username) => {
    expect(mayPublish(username, `vantrail/${username}/position`)).toBe(false);
    expect(mayPublish(username, 'v1/devices/me/telemetry')).toBe(false);
    expect(maySubscribe(username, commandTopic(username))).toBe(false);
  });
});

describe('maySubscribe', () => {
  it('allows the own command topic by its exact name', () => {
    expect(maySubscribe('van-7', 'vantrail/van-7/command')).toBe(true);
  });

  it.each([
    'vantrail/van-8/command',
    'vantrail/+/command',
    'vantrail/van-7/#',
    'vantrail/van-7/+',
    'vantrail/van-7/position',
    '$share/group/vantrail/van-7/command',
    'vantrail/van-7/command/',
    'owntracks/+/+',
    '#',
    '',
  ])('refuses %s', (topic) => {
    expect(maySubscribe('van-7', topic)).toBe(false);
  });
});
