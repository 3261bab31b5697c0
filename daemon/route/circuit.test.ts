import { describe, expect, it } from 'vitest';
import { Circuit } from './circuit.ts';

function bed() {
  let now = 0;
  const told: string[] = [];
  const circuit = new Circuit({
    failures: 3,
    restMs: 1000,
    longestRestMs: 3000,
    now: () => now,
    onChange: (open, failure) => told.push(open ? `open: ${failure?.message}` : 'closed'),
  });
  const fail = (...messages: string[]) => {
    for (const message of messages) circuit.failed(new Error(message));
  };
  return { circuit, told, fail, pass: (ms: number) => (now += ms) };
}

describe('a circuit', () => {
  it('opens after three failures in a row, and not after more that are not', () => {
    const { circuit, told, fail } = bed();
    fail('one', 'two');
    circuit.succeeded();
    fail('one', 'two');
    expect(circuit.admits()).toBe(true);
    fail('three');
    expect(circuit.admits()).toBe(false);
    expect(told).toEqual(['open: three']);
  });

  it('lets one trial through when it has rested, and closes when that goes well', () => {
    const { circuit, told, fail, pass } = bed();
    fail('one', 'two', 'three');
    pass(999);
    expect(circuit.admits()).toBe(false);
    pass(1);
    expect([circuit.admits(), circuit.admits()]).toEqual([true, false]);
    circuit.succeeded();
    expect([circuit.admits(), circuit.admits()]).toEqual([true, true]);
    expect(told).toEqual(['open: three', 'closed']);
  });

  it('rests twice as long after each trial that fails, up to a limit', () => {
    const { circuit, told, fail, pass } = bed();
    fail('one', 'two', 'three');
    for (const rest of [1000, 2000, 3000, 3000]) {
      pass(rest - 1);
      expect(circuit.admits()).toBe(false);
      pass(1);
      expect(circuit.admits()).toBe(true);
      fail('trial');
    }
    expect(told).toEqual(['open: three']);
    pass(3000);
    circuit.admits();
    circuit.succeeded();
    fail('one', 'two', 'three');
    pass(1000);
    expect(circuit.admits()).toBe(true);
  });

  it('takes the failures of what was under way when it opened for nothing new', () => {
    const { circuit, fail, pass } = bed();
    fail('one', 'two', 'three', 'late');
    pass(1000);
    expect(circuit.admits()).toBe(true);
  });
});
