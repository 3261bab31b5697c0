import { describe, expect, it } from 'vitest';
import { afterDeadLetter, afterPosition, type HealthState, newHealth, shown } from './health-state.ts';

const start = 1_700_000_000_000;
const second = 1000;
const minute = 60 * second;

/** A device that is told fixes at seconds after the start: [received, measured]; measured is received when left out. */
class Device {
  readonly health: HealthState = newHealth();
  fixes(...at: (number | [received: number, measured: number])[]): this {
    for (const one of at) {
      const [received, measured] = typeof one === 'number' ? [one, one] : one;
      this.fix(received, measured);
    }
    return this;
  }
  fix(received: number, measured: number, battery?: number, duplicate = false): this {
    const at = { fixTime: start + measured * second, receivedAt: start + received * second, latitude: 1, longitude: 2 };
    afterPosition(this.health, { device: 'gps1', ...at, ...(battery === undefined ? {} : { battery }) }, duplicate);
    return this;
  }
  refused(at: number, clockAhead?: number): this {
    afterDeadLetter(this.health, { time: start + at * second, ...(clockAhead === undefined ? {} : { clockAhead }) });
    return this;
  }
  at(seconds: number) {
    return shown('gps1', this.health, start + seconds * second);
  }
}

describe('health of a device', () => {
  it('is unknown before it sent anything', () => {
    expect(new Device().at(0)).toBeUndefined();
  });

  it('tells when it was last heard, by whatever it sent', () => {
    expect(new Device().fixes(0, [20, 10]).at(60)).toMatchObject({
      lastSeen: start + 20 * second,
      lastFixTime: start + 10 * second,
      positions: 2,
    });
    expect(new Device().fixes(0).refused(30).at(60)).toMatchObject({ lastSeen: start + 30 * second, rejected: 1 });
    expect(new Device().refused(30).at(60)).toMatchObject({ lastSeen: start + 30 * second, positions: 0 });
  });

  it('has an interval once three were seen, the usual one whatever pause or burst comes between', () => {
    expect(new Device().fixes(0, 10, 20).at(60)?.interval).toBeUndefined();
    expect(new Device().fixes(0, 10, 20, 30).at(60)?.interval).toBe(10 * second);
    expect(new Device().fixes(0, 10, 20, 30, 4000, 4001, 4002, 4012).at(5000)?.interval).toBe(10 * second);
  });

  it('learns a new interval in time', () => {
    const device = new Device().fixes(...Array.from({ length: 30 }, (_, index) => index * 10));
    for (let index = 1; index <= 7; index++) device.fixes(290 + index * 60);
    expect(device.at(800)?.interval).toBe(10 * second);
    expect(device.fixes(290 + 8 * 60).at(800)?.interval).toBe(60 * second);
  });

  it('takes no interval from a backlog that comes newest first', () => {
    const device = new Device().fixes(0, 10, 20, 30);
    device.fixes([100, 100], [101, 40], [101, 50], [101, 60], [101, 70]);
    expect(device.at(120)).toMatchObject({ interval: 10 * second, lastFixTime: start + 100 * second, positions: 9 });
  });

  it('counts silences longer than the limit of its interval, and long ones once', () => {
    const device = new Device().fixes(0, 10, 20, 30);
    expect(device.fixes(149).at(150)?.gaps).toBe(0); // 119 s: less than the least of 120 s
    expect(device.fixes(270).at(300)?.gaps).toBe(1);
    expect(device.fixes(100_000).at(100_001)?.gaps).toBe(2);
    const slow = new Device().fixes(0, 600, 1200, 1800);
    expect(slow.fixes(1800 + 2999).at(5000)?.gaps).toBe(0); // five intervals of 600 s
    expect(slow.fixes(1800 + 2999 + 3001).at(8000)?.gaps).toBe(1);
  });

  it('does not call it silent while it buffered and spoke', () => {
    const device = new Device().fixes(0, 10, 20, 30, [40, 1000]);
    expect(device.at(41)?.gaps).toBe(0);
  });

  it('has a rate over the last minutes, and less for a device that is new', () => {
    const device = new Device();
    for (let at = 0; at < 600; at += 10) device.fixes(at);
    expect(device.at(600)?.rate).toBeCloseTo(6, 0);
    expect(device.at(600 + 120)?.rate).toBeLessThan(5);
    expect(device.at(600 + 600)?.rate).toBe(0);
    expect(new Device().fixes(0, 10, 20, 30, 40, 50).at(60)?.rate).toBe(6);
    expect(new Device().fixes(0).at(1)?.rate).toBe(1);
  });

  it('shows the battery of the newest fix that told it', () => {
    expect(new Device().fix(0, 0).at(1)?.battery).toBeUndefined();
    expect(new Device().fix(10, 10, 80).fix(20, 20).fix(30, 5, 85).at(40)?.battery).toBe(80);
    expect(new Device().fix(0, 0, 80).fix(10, 10, 79).at(30)?.battery).toBe(79);
  });

  it('says that its clock is ahead until a good fix comes, in whatever order the log gives them', () => {
    const hour = 60 * minute;
    expect(new Device().fixes(0).refused(10, hour).at(20)?.clockAhead).toBe(hour);
    expect(new Device().fixes(0).refused(10, hour).refused(20).at(30)?.clockAhead).toBe(hour);
    expect(new Device().fixes(0).refused(10, hour).fixes(20).at(30)?.clockAhead).toBeUndefined();
    expect(new Device().fixes(0, 20).refused(10, hour).at(30)?.clockAhead).toBeUndefined();
    expect(
      new Device()
        .refused(20, 2 * hour)
        .refused(10, hour)
        .at(30)?.clockAhead,
    ).toBe(2 * hour);
  });

  it('counts duplicates apart, and does not believe that a fix newer than all before is one', () => {
    const device = new Device().fix(0, 0).fix(10, 10).fix(11, 10, undefined, true);
    expect(device.at(20)).toMatchObject({ positions: 2, duplicates: 1, lastSeen: start + 11 * second });
    expect(device.fix(20, 20, undefined, true).at(30)).toMatchObject({ positions: 3, duplicates: 1 });
  });
});
