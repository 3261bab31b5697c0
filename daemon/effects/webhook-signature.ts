import { createHmac } from 'node:crypto';

/**
 * The headers of a JSON text that is posted somewhere, by which its receiver sees whom it is from and that it is whole,
 * that nobody sends him an old one again, and that he has had it already:
 *
 *   idempotency-key: KEY                 the same at every try
 *   x-vantrail-timestamp: UTC seconds    refuse what is older than a few minutes
 *   x-vantrail-signature: v1=HEX         HMAC-SHA256(secret, timestamp "." body)
 *
 * `now`: UTC ms.
 */
export function signedHeaders(of: { secret: string; key: string; body: string; now: number }): Record<string, string> {
  const timestamp = String(Math.floor(of.now / 1000));
  const signature = createHmac('sha256', of.secret).update(`${timestamp}.${of.body}`).digest('hex');
  return {
    'content-type': 'application/json',
    'idempotency-key': of.key,
    'x-vantrail-timestamp': timestamp,
    'x-vantrail-signature': `v1=${signature}`,
  };
}
