import { createHash, randomBytes } from 'node:crypto';

/** A new device key: 32 random bytes, base64url (43 characters: fits the password field of every tracker). */
export function newKey(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * What is kept of a device key: its SHA-256, base64url. The key is 256 random bits, so nothing slower than a plain
 * hash is needed, and a storm of reconnecting trackers costs microseconds each.
 */
export function hashKey(key: string | Uint8Array): string {
  return createHash('sha256').update(key).digest('base64url');
}

/**
 * A new OsmAnd token: 16 random bytes, base64url (22 characters). Apps send it as the `id` in an address, where it may
 * end up in somebody's access log; so it is a secret of its own that can send positions and nothing else.
 */
export function newOsmandToken(): string {
  return randomBytes(16).toString('base64url');
}
