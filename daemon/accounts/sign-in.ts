import type { AccountsView } from '../domain/account-view.ts';
import { hashKey } from '../domain/device-key.ts';
import type { KeyAnswer, SignInAnswer } from '../domain/signing-in.ts';
import { addressKey, Throttle } from '../ingest/throttle.ts';
import type { Passwords } from './passwords.ts';

/** Failures that cost nothing, and the longest backoff, ms. An office shares an address; a name is one person's. */
const ofAddress = { free: 10, longest: 300_000 };
const ofAccount = { free: 5, longest: 60_000 };
/** Pairs of account and address that were right once and that are remembered. */
const trustedEntries = 10_000;

/**
 * Tells by name and password, or by a service's key, who somebody is. Failures slow an address and an account down.
 * An address at which an account signed in before is not held up by what others try on that account, or anyone could
 * keep its owner out by failing once a minute. Counted by each daemon for itself.
 */
export class SignIn {
  readonly #accounts: AccountsView;
  readonly #passwords: Pick<Passwords, 'matches'>;
  readonly #byAddress: Throttle;
  readonly #byAccount: Throttle;
  /** `account address`, oldest first */
  readonly #trusted = new Set<string>();

  constructor(deps: { accounts: AccountsView; passwords: Pick<Passwords, 'matches'>; monotonic?: () => number }) {
    this.#accounts = deps.accounts;
    this.#passwords = deps.passwords;
    const now = deps.monotonic ?? (() => performance.now());
    this.#byAddress = new Throttle({ ...ofAddress, now });
    this.#byAccount = new Throttle({ ...ofAccount, now });
  }

  /** `login`: `name@agency`. The same is done for a name that nobody has. */
  async password(login: string, password: string, address: string): Promise<SignInAnswer> {
    const from = addressKey(address);
    const [account = '', name = '', agency = ''] =
      /^([^@\s]{1,64})@([^@\s]{1,32})$/.exec(login.trim().toLowerCase()) ?? [];
    const pair = `${account} ${from}`;
    const wait = Math.max(this.#byAddress.wait(from), this.#trusted.has(pair) ? 0 : this.#byAccount.wait(account));
    if (wait > 0) return { is: 'slow', wait };
    const right = await this.#passwords.matches(password, this.#accounts.password(agency, name));
    // After the long calculation: the account may have been disabled meanwhile.
    const standing = this.#accounts.standing(agency, name);
    if (!right || standing?.enabled !== true || standing.role === 'INTERNAL_SERVICE') {
      this.#byAddress.failed(from);
      this.#byAccount.failed(account);
      return { is: 'wrong' };
    }
    this.#byAccount.succeeded(account);
    this.#trust(pair);
    return { is: 'in', agency, id: name, role: standing.role };
  }

  /** A service by its key: 256 random bits, so a look-up by its hash is enough, and only the address is slowed down. */
  key(key: string, address: string): KeyAnswer {
    const owner = this.#accounts.byServiceKey(hashKey(key));
    const standing = owner === undefined ? undefined : this.#accounts.standing(owner.agency, owner.id);
    if (owner !== undefined && standing?.enabled === true && standing.role === 'INTERNAL_SERVICE') {
      return { is: 'in', ...owner, scopes: standing.scopes, generation: standing.generation };
    }
    const from = addressKey(address);
    const wait = this.#byAddress.wait(from);
    if (wait > 0) return { is: 'slow', wait };
    this.#byAddress.failed(from);
    return { is: 'wrong' };
  }

  /** Compares once more the password of somebody who is signed in already; undefined: it is not that. */
  async shown(agency: string, id: string, password: string): Promise<string | 'slow' | undefined> {
    const account = `${id}@${agency} again`;
    if (this.#byAccount.slowed(account)) return 'slow';
    const kept = this.#accounts.password(agency, id);
    if (await this.#passwords.matches(password, kept)) {
      this.#byAccount.succeeded(account);
      return kept;
    }
    this.#byAccount.failed(account);
    return undefined;
  }

  #trust(pair: string): void {
    this.#trusted.delete(pair);
    this.#trusted.add(pair);
    if (this.#trusted.size <= trustedEntries) return;
    const [oldest] = this.#trusted;
    if (oldest !== undefined) this.#trusted.delete(oldest);
  }
}
