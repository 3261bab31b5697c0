import type { Language, Template, Values } from './templates.ts';

/** A message to one person. */
export type Notice = {
  [T in Template]: {
    agency: string;
    to: { kind: 'consumer' | 'account'; id: string };
    template: T;
    values: Values[T];
    /** idempotency key: one message, however often it is tried and by however many daemons */
    key: string;
  };
}[Template];

/** The message as it goes out. */
export interface Delivery {
  key: string;
  agency: string;
  phone: string;
  language: Language;
  template: Template;
  values: Values[Template];
  text: string;
}

/** Gives messages to whoever delivers them: the one door through which the daemon speaks to people's telephones. */
export interface Notify {
  /** `console`, `webhook`: stands in the record of what was sent */
  readonly via: string;
  /** Resolves when the message was taken. Rejects with NotDelivered, or with anything else, which is tried again. */
  deliver(message: Delivery, signal: AbortSignal): Promise<void>;
}

/** A message was not taken, and whether another try could help. */
export class NotDelivered extends Error {
  override name = 'NotDelivered';
  readonly again: boolean;
  /** ms the provider asked us to wait */
  readonly after: number;
  constructor(message: string, { again, after = 0 }: { again: boolean; after?: number }) {
    super(message);
    this.again = again;
    this.after = after;
  }
}

/** Writes messages to the daemon's log, for the demo: whoever reads it is the one who would have been called. */
export function consoleNotify(logger: { info(fields: object, text: string): void }): Notify {
  return {
    via: 'console',
    deliver: async ({ phone, text, key }) => logger.info({ phone, text, key }, 'message'),
  };
}

/** Where no provider is set up: says so. */
export const noNotify: Notify = {
  via: 'none',
  deliver: async () => {
    throw new NotDelivered('no provider for messages is set up (--notify-url)', { again: false });
  },
};
