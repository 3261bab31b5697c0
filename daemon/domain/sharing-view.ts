import type { Sharing } from '../../protocol/order.ts';

/** Which consumers share their own location. */
export interface SharingView {
  /** the present or last sharing */
  of(agency: string, consumerId: string): Sharing | undefined;
  /** whose sharing ended by itself after `since` and not later than `until`, UTC ms */
  ended(agency: string, since: number, until: number): Iterable<string>;
  /** of `sharing:CONSUMER`; 0: never shared */
  count(agency: string, subject: string): number;
}

/** Where nobody shares. */
export const noSharing: SharingView = { of: () => undefined, ended: () => [], count: () => 0 };
