import type { Viewer } from '../../protocol/claims.ts';
import { closeCodes } from '../../protocol/feed.ts';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Service } from '../lifecycle.ts';
import type { SignedOut } from '../project/accounts.ts';
import type { World } from '../project/world.ts';

export interface FeedCloserDeps {
  onSignedOut: (listener: (who: SignedOut) => void) => () => void;
  onChange: World['onChange'];
  registry: Pick<RegistryView, 'consumer'>;
  closeWhere: (agency: string, whose: (viewer: Viewer) => boolean, code: number, reason: string) => void;
}

/**
 * Closes open feeds the moment the log says that somebody was signed out, at whichever daemon he was. Only those that
 * were opened in a session (or by a service's key) are meant: the operator's own tokens have no account.
 */
export class FeedCloser implements Service {
  readonly name = 'feeds of who is signed out';
  readonly #deps: FeedCloserDeps;
  #unsubscribe: (() => void)[] = [];

  constructor(deps: FeedCloserDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const { onSignedOut, onChange, registry, closeWhere } = this.#deps;
    const close = (agency: string, whose: (viewer: Viewer) => boolean) =>
      closeWhere(agency, whose, closeCodes.token, 'signed out');
    this.#unsubscribe = [
      onSignedOut(({ agency, accountId, session }) => {
        if (session !== undefined) close(agency, (viewer) => viewer.session === session);
        if (accountId === undefined) return;
        close(agency, ({ role, subject, generation }) => {
          return role !== 'CUSTOMER' && subject === accountId && generation !== undefined;
        });
      }),
      // A consumer who is erased is signed out with it.
      onChange(({ agency, consumers }) => {
        const gone = new Set([...consumers].filter((id) => registry.consumer(agency, id) === undefined));
        if (gone.size > 0) close(agency, ({ role, subject }) => role === 'CUSTOMER' && gone.has(subject));
      }),
    ];
  }

  async stop(): Promise<void> {
    for (const end of this.#unsubscribe.splice(0)) end();
  }
}
