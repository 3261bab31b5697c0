import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashKey, newKey } from './device-key.ts';

describe('device keys', () => {
  it('are 256 random bits that fit every password field', () => {
    const keys = new Set(Array.from({ length: 100 }, newKey));
    expect(keys.size).toBe(100);
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9_-]{43}$/);
  });

  it('are kept as their SHA-256, the same for text and its bytes', () => {
    expect(hashKey('abc')).toBe(createHash('sha256').update('abc').digest().toString('base64url'));
    expect(hashKey(Buffer.from('abc'))).toBe(hashKey('abc'));
    expect(hashKey('abd')).not.toBe(hashKey('abc'));
  });
});
