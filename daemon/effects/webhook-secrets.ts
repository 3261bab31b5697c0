import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
const nonceBytes = 12;
const tagBytes = 16;

/** A new secret of a webhook: 256 random bits as text, under a prefix that scanners of leaked secrets can know. */
export function newWebhookSecret(): string {
  return `vtwh_${randomBytes(32).toString('base64url')}`;
}

/**
 * Seals the secrets of webhooks for the log. They have to be used, so a hash would not do; in the log they are worth
 * nothing without the server's secret. What a seal belongs to is sealed with it, so that none can be moved to another
 * webhook.
 */
export class WebhookSecrets {
  readonly #key: () => Buffer;

  /** `key`: 32 bytes, `ServerSecret.keyFor('webhook secrets')`; asked for when it is needed, after the start. */
  constructor(key: () => Buffer) {
    this.#key = key;
  }

  /** base64url of nonce, cipher text and tag. */
  seal(secret: string, agency: string, webhookId: string, number: number): string {
    const nonce = randomBytes(nonceBytes);
    const cipher = createCipheriv(algorithm, this.#key(), nonce);
    cipher.setAAD(ownerOf(agency, webhookId, number));
    const sealed = Buffer.concat([nonce, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return sealed.toString('base64url');
  }

  /** Undefined: it was sealed with another server's secret, or for something else. */
  open(sealed: string, agency: string, webhookId: string, number: number): string | undefined {
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= nonceBytes + tagBytes) return undefined;
    const decipher = createDecipheriv(algorithm, this.#key(), bytes.subarray(0, nonceBytes));
    decipher.setAAD(ownerOf(agency, webhookId, number));
    decipher.setAuthTag(bytes.subarray(-tagBytes));
    try {
      const text = decipher.update(bytes.subarray(nonceBytes, -tagBytes));
      return Buffer.concat([text, decipher.final()]).toString('utf8');
    } catch {
      return undefined;
    }
  }
}

function ownerOf(agency: string, webhookId: string, number: number): Buffer {
  return Buffer.from(`${agency}/${webhookId}/${number}`);
}
