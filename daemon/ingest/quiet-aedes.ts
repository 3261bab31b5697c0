import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';
import type { Sessionless } from './sessionless.ts';

type Done = (error?: Error) => void;

/**
 * Aedes without its routing: what a tracker publishes goes to the log and to nobody else, so there is no topic tree to
 * search, nothing to store, `$SYS` is silent, and no subscription can ever receive what another client sent. Commands
 * are written straight to their client (`Client.publish`).
 */
export class QuietAedes extends Aedes {
  constructor(options: AedesOptions & { persistence: Sessionless }) {
    super(options);
  }

  override publish(packet: PublishPacket, client: Client | null | Done, done?: Done): void {
    if (done !== undefined) done();
    else if (typeof client === 'function') client();
    void packet;
  }

  override subscribe(_topic: string, _deliver: unknown, done?: () => void): void {
    if (done !== undefined) setImmediate(done);
  }

  override unsubscribe(_topic: string, _deliver: unknown, done?: () => void): void {
    done?.();
  }
}
