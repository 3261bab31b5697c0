import type { AccountRole, SessionRecord } from '../../protocol/account.ts';
import type { Scope } from '../../protocol/claims.ts';

/** What the parts that know who somebody is (`daemon/accounts/`) answer to those that ask. */

/** What whoever signed in is given. */
export interface Opened {
  accessToken: string;
  /** s */
  expiresIn: number;
  refreshToken: string;
  /** UTC ms; until when the refresh token is good if it is not used */
  refreshUntil: number;
  agency: string;
  role: SessionRecord['role'];
  subject: string;
}

/** Not looked at: come back after `wait` ms. */
interface Slow {
  is: 'slow';
  wait: number;
}

/** `wrong`: name or password, nobody is told which */
export type SignInAnswer =
  | { is: 'in'; agency: string; id: string; role: Exclude<AccountRole, 'INTERNAL_SERVICE'> }
  | { is: 'wrong' }
  | Slow;

export type KeyAnswer =
  | { is: 'in'; agency: string; id: string; scopes: readonly Scope[]; generation: number }
  | { is: 'wrong' }
  | Slow;

/** A code was sent, if anybody has that number; the challenge is needed beside it. */
export type Asked = { is: 'asked'; challenge: string; expiresAt: number } | Slow;

export type CodeAnswer =
  | { is: 'in'; agency: string; consumerId: string; session: string }
  /** several consumers have this number: he says which, with the same code */
  | { is: 'choose'; consumerIds: string[] }
  | { is: 'wrong' }
  | Slow;

/** Thrown when too many passwords wait to be checked already; the caller answers 503 and the client comes back. */
export class TooBusy extends Error {
  override name = 'TooBusy';
}
