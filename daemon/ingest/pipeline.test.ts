import { describe, expect, it } from 'vitest';
import { LogError } from '../log/log.ts';
import type { Input } from './format.ts';
import { HeldLog } from './held-log.fixture.ts';
import type { Outcome, Sender } from './intake.ts';
import { Pipeline, type PipelineDeps } from './pipeline.ts';
import { FixedRegistry } from './registry.fixture.ts';

const now = Date.UTC(2026, 10, 20, 12);
const fix = (seconds: number, more: object = {}) => ({
  fixTime: now - 60_000 + seconds * 1000,
  latitude: 11.664321,
  longitude: 78.145678,
  ...more,
});

function setUp(more: Partial<PipelineDeps> = {}) {
  const log = new HeldLog();
  log.held = true;
  const registry = new FixedRegistry();
  const van = registry.add('demo', 'van-7');
  const gateway = registry.add('demo', 'gate', {}, 'gateway');
  const behind = registry.add('demo', 'van-8', { gatewayId: 'gate', username: '356307042441013' });
  registry.add('demo', 'van-9', { gatewayId: 'gate', enabled: false });
  registry.add('other', 'van-8', { username: 'van-8-other', gatewayId: 'gate' });
  const pipeline = new Pipeline({ log, registry, now: () => now, ...more });
  const sender: Sender = { agency: 'demo', device: van, via: 'vantrail/van-7/position' };
  const gate: Sender = { agency: 'demo', device: gateway, via: 'vantrail/gate/gateway' };
  return { log, registry, pipeline, sender, gate, van, gateway, behind };
}

const input = (payload: unknown, door: Input['door'] = 'position'): Input => ({
  door,
  subtopic: '',
  bytes: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)),
  receivedAt: now,
});

interface Settled {
  error: LogError | undefined;
  outcome: Outcome;
}
function taken(pipeline: Pipeline, message: Input, sender: Sender): Settled[] {
  const settled: Settled[] = [];
  pipeline.take(message, sender, (error, outcome) => settled.push({ error, outcome }));
  return settled;
}
const text = (letter: { bytes: string } | undefined) => Buffer.from(letter?.bytes ?? '', 'base64').toString();

describe('Pipeline', () => {
  it('appends a position exactly as the protocol has it, and settles when the log does', () => {
    const { log, pipeline, sender } = setUp();
    const settled = taken(pipeline, input(fix(0, { speed: 32.44, battery: 87, hint: 'unknown' })), sender);
    expect(settled).toEqual([]);
    log.commit();
    expect(settled).toEqual([{ error: undefined, outcome: { accepted: 1, duplicates: 0, rejected: [] } }]);
    expect(log.records).toEqual([
      {
        topic: 'positions',
        agency: 'demo',
        value: {
          device: 'van-7',
          fixTime: now - 60_000,
          receivedAt: now,
          latitude: 11.664321,
          longitude: 78.145678,
          speed: 32.4,
          battery: 87,
        },
      },
    ]);
    expect(Object.keys(log.records[0]?.value ?? {})).toEqual([
      'device',
      'fixTime',
      'receivedAt',
      'latitude',
      'longitude',
      'speed',
      'battery',
    ]);
  });

  it('puts positions and dead letters of one message into one append, each item judged by itself', () => {
    const { log, pipeline, sender } = setUp();
    const bad = fix(1, { latitude: 91 });
    const settled = taken(pipeline, input([fix(0), bad, fix(2), fix(3600)]), sender);
    expect(log.waiting).toHaveLength(1);
    log.commit();
    const [{ outcome } = { outcome: undefined }] = settled;
    expect(outcome).toMatchObject({
      accepted: 2,
      rejected: [
        { index: 1, reason: 'bad-field' },
        { index: 3, reason: 'clock-ahead', clockAhead: 3_540_000 },
      ],
    });
    expect(log.positions.map((position) => position.fixTime)).toEqual([now - 60_000, now - 58_000]);
    expect(log.deadLetters).toMatchObject([
      { device: 'van-7', reason: 'bad-field', format: 'native', via: 'vantrail/van-7/position', time: now },
      { device: 'van-7', reason: 'clock-ahead', clockAhead: 3_540_000 },
    ]);
    expect(JSON.parse(text(log.deadLetters[0]))).toEqual(bad);
  });

  it('hands the message back when the log could not keep it', () => {
    const { log, pipeline, sender } = setUp();
    const settled = taken(pipeline, input(fix(0)), sender);
    const error = new LogError('full', 'no room');
    log.fail(error);
    expect(settled).toEqual([{ error, outcome: { accepted: 0, duplicates: 0, rejected: [] } }]);
    expect(pipeline.counts()).toMatchObject({ accepted: 0, unkept: 1 });
  });

  it('skips what is kept already, and repetitions within a message', () => {
    const asked: string[] = [];
    const { log, pipeline, sender } = setUp({
      hasFix: (agency, device, fixTime) => {
        asked.push(`${agency} ${device} ${fixTime}`);
        return fixTime === now - 59_000;
      },
    });
    const settled = taken(pipeline, input([fix(0), fix(1), fix(0), fix(2)]), sender);
    log.commit();
    expect(settled[0]?.outcome).toEqual({ accepted: 2, duplicates: 2, rejected: [] });
    expect(asked[0]).toBe(`demo van-7 ${now - 60_000}`);
    const again = taken(pipeline, input(fix(1)), sender);
    expect(again).toEqual([{ error: undefined, outcome: { accepted: 0, duplicates: 1, rejected: [] } }]);
    expect(log.waiting).toHaveLength(0);
  });

  it('attributes the fixes of a gateway to the devices registered behind it, by id or user name', () => {
    const { log, pipeline, gate } = setUp();
    const message = ['van-8', '356307042441013', 'van-7', 'van-9', 'van-8-other', 'nobody'].map((deviceId, i) =>
      fix(i, { deviceId }),
    );
    const settled = taken(pipeline, input(message, 'position'), gate);
    log.commit();
    expect(log.positions.map((position) => position.device)).toEqual(['van-8', 'van-8']);
    expect(settled[0]?.outcome.rejected.map(({ index, reason }) => `${index} ${reason}`)).toEqual([
      '2 unknown-device',
      '3 unknown-device',
      '4 unknown-device',
      '5 unknown-device',
    ]);
    expect(log.deadLetters.every((letter) => letter.device === 'gate')).toBe(true);
  });

  it('lets a device name itself and no other', () => {
    const { log, pipeline, sender } = setUp();
    taken(pipeline, input([fix(0, { deviceId: 'van-7' }), fix(1, { deviceId: 'van-8' })]), sender);
    log.commit();
    expect(log.positions.map((position) => position.device)).toEqual(['van-7']);
    expect(log.deadLetters).toMatchObject([{ reason: 'unknown-device' }]);
  });

  it('keeps what no format can read with its bytes, credentials stripped, and settles a message without a fix', () => {
    const { log, pipeline, sender } = setUp();
    taken(pipeline, input('{"password":"s3cret", broken'), sender);
    log.commit();
    expect(log.deadLetters).toMatchObject([{ reason: 'not-json', format: 'none' }]);
    expect(text(log.deadLetters[0])).toContain('broken');
    expect(text(log.deadLetters[0])).not.toContain('s3cret');

    const will = taken(pipeline, input({ _type: 'lwt', tst: 1 }, 'owntracks'), sender);
    expect(will[0]?.outcome).toMatchObject({ accepted: 0, rejected: [] });
    expect(will[0]?.outcome.ignored).toBeDefined();
    expect(pipeline.counts()).toMatchObject({ ignored: 1, rejected: { 'not-json': 1 } });
  });

  it('caps dead letters per device and day, counting those of before a restart, and acknowledges the rest', () => {
    let time = now;
    const since: number[] = [];
    const { log, pipeline, sender, gate } = setUp({
      now: () => time,
      deadLettersPerDeviceAndDay: 5,
      countDeadLetters: (_agency, device, from) => {
        since.push(from);
        return device === 'van-7' ? 3 : 0;
      },
    });
    const settled: Settled[] = [];
    for (let i = 0; i < 4; i++) settled.push(...taken(pipeline, input('nonsense'), sender));
    expect(settled).toHaveLength(2); // the two above the cap are settled at once
    log.commit();
    expect(log.deadLetters).toHaveLength(2);
    expect(since).toEqual([Date.UTC(2026, 10, 20)]);
    expect(pipeline.counts()).toMatchObject({ lettersDropped: 2, rejected: { 'not-json': 4 } });
    taken(pipeline, input('nonsense'), gate);
    log.commit();
    expect(log.deadLetters).toHaveLength(3);
    time += 86_400_000;
    taken(pipeline, input('nonsense'), sender);
    log.commit();
    expect(log.deadLetters).toHaveLength(4);
  });

  it('bounds the bytes kept of one message, however many of its items are bad', () => {
    const { log, pipeline, sender } = setUp();
    const many = Array.from({ length: 1000 }, (_, i) => fix(i, { latitude: 91, note: 'x'.repeat(200) }));
    const message = input(many);
    const whole = message.bytes.length;
    taken(pipeline, message, sender);
    taken(pipeline, { ...input(`{"a":"${'x'.repeat(400_000)}`), door: 'raw' }, sender);
    log.commit();
    const kept = log.deadLetters.reduce((sum, letter) => sum + Buffer.from(letter.bytes, 'base64').length, 0);
    expect(log.deadLetters.length).toBeLessThanOrEqual(1001);
    expect(kept).toBeLessThan(whole + 262_145);
  });

  it('replays a dead letter by its door, at the time it came, and can then keep it', () => {
    let time = now;
    const { log, pipeline, registry, sender, van, gateway } = setUp({ now: () => time });
    taken(pipeline, input([fix(0), fix(600)]), sender);
    log.commit();
    const [letter] = log.deadLetters;
    if (letter === undefined) throw new Error('expected a dead letter');
    expect(letter.reason).toBe('clock-ahead');
    time += 600_000;
    pipeline.replay(letter, { agency: 'demo', device: van }, () => {});
    log.commit();
    expect(log.positions.at(-1)).toMatchObject({ device: 'van-7', fixTime: now + 540_000, receivedAt: now });

    const gate: Sender = { agency: 'demo', device: gateway, via: 'vantrail/gate/gateway' };
    taken(pipeline, input(fix(5, { deviceId: 'late' }), 'gateway'), gate);
    log.commit();
    const unknown = log.deadLetters.find((one) => one.reason === 'unknown-device');
    if (unknown === undefined) throw new Error('expected a dead letter');
    registry.add('demo', 'late', { gatewayId: 'gate' });
    pipeline.replay(unknown, { agency: 'demo', device: gateway }, () => {});
    log.commit();
    expect(log.positions.at(-1)).toMatchObject({ device: 'late', fixTime: now - 55_000 });
  });

  it('replays a query that came by HTTP', () => {
    let time = now;
    const { log, pipeline, van } = setUp({ now: () => time });
    const sender: Sender = { agency: 'demo', device: van, via: 'GET /osmand' };
    const query = { id: 'SECRET', lat: '11.66', lon: '78.14', timestamp: String((now + 600_000) / 1000) };
    taken(pipeline, { door: 'osmand', subtopic: '', bytes: Buffer.alloc(0), query, receivedAt: now }, sender);
    log.commit();
    const [letter] = log.deadLetters;
    if (letter === undefined) throw new Error('expected a dead letter');
    expect(text(letter)).not.toContain('SECRET');
    time += 600_000;
    pipeline.replay(letter, { agency: 'demo', device: van }, () => {});
    log.commit();
    expect(log.positions).toMatchObject([{ device: 'van-7', fixTime: now + 600_000, latitude: 11.66 }]);
  });
});
