import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { alertKinds } from './alert.ts';
import {
  AlertRules,
  AlertRulesInput,
  contradiction,
  presetRules,
  rulesOf,
  settingsOf,
  withPresets,
} from './alert-rules.ts';

const whole = Compile(AlertRules);
const input = Compile(AlertRulesInput);

describe('the rules of alerts', () => {
  it('have a preset for every kind, which is as the schema says, and describe every threshold', () => {
    expect(Object.keys(presetRules).sort()).toEqual([...alertKinds].sort());
    expect(whole.Check(presetRules)).toBe(true);
    expect(contradiction(presetRules)).toBeUndefined();
    for (const rule of Object.values(AlertRules.properties)) {
      expect(rule).toHaveProperty('description');
      for (const [name, field] of Object.entries(rule.properties)) {
        if (name !== 'severity' && name !== 'sounds')
          expect([name, field]).toEqual([name, expect.objectContaining({ description: expect.any(String) })]);
      }
    }
  });

  it('are kept as what differs from the presets, and read back the same', () => {
    const set = {
      silent: { missedIntervals: 8, severity: 'critical' as const },
      'over-speed': { on: false, limit: 60 },
    };
    expect(settingsOf(set)).toEqual([
      { kind: 'silent', severity: 'critical', limits: [{ name: 'missedIntervals', value: 8 }] },
      { kind: 'over-speed', on: false },
    ]);
    expect(rulesOf(settingsOf(set))).toEqual(withPresets(set));
    expect(rulesOf([])).toEqual(presetRules);
  });

  it('take no harm from what a newer daemon set', () => {
    const settings = [
      { kind: 'tyre-flat' as 'silent', on: false },
      { kind: 'silent' as const, limits: [{ name: 'moonPhase', value: 3 }] },
    ];
    expect(rulesOf(settings)).toEqual(presetRules);
  });

  it.each([
    [{ silent: { missedIntervals: 1 } }, '/silent/missedIntervals', 'minimum'],
    [{ 'over-speed': { limit: '60' } }, '/over-speed/limit', 'type'],
    [{ 'off-route': { schedule: 'sometimes' } }, '/off-route/schedule', 'enum'],
    [{ silent: { loud: true } }, '/silent', 'additionalProperties'],
    [{ tyres: {} }, '', 'additionalProperties'],
  ])('%j is refused at %s', (value, path, rule) => {
    expect(input.Check(value)).toBe(false);
    expect(input.Errors(value).map(({ instancePath, keyword }) => [instancePath, keyword])).toContainEqual([
      path,
      rule,
    ]);
  });

  it('may not contradict themselves', () => {
    expect(contradiction(withPresets({ 'battery-low': { percent: 5 } }))?.path).toBe('/battery-low/criticalPercent');
    expect(contradiction(withPresets({ silent: { leastSeconds: 7200 } }))?.path).toBe('/silent/leastSeconds');
  });
});
