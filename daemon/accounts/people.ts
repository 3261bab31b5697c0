import type { Logger } from 'pino';
import { Notifier } from '../effects/notifier.ts';
import { type Notice, type Notify, noNotify } from '../effects/notify.ts';
import type { PeopleDeps } from '../http/people.ts';
import { longestLife } from '../http/tokens.ts';
import type { Service } from '../lifecycle.ts';
import type { Log } from '../log/log.ts';
import type { AccountsProjection } from '../project/accounts.ts';
import type { AuditView } from '../project/audit.ts';
import type { Commands } from '../project/commands.ts';
import type { NoticesProjection } from '../project/notices.ts';
import type { World } from '../project/world.ts';
import { weakness } from './common-passwords.ts';
import { ConsumerCodes } from './consumer-codes.ts';
import { ConsumersByPhone } from './consumers-by-phone.ts';
import { FeedCloser, type FeedCloserDeps } from './feed-closer.ts';
import { Passwords } from './passwords.ts';
import type { ServerSecret } from './server-secret.ts';
import { Sessions, type Signer } from './sessions.ts';
import { SignIn } from './sign-in.ts';
import { Sweep } from './sweep.ts';

export interface PeopleParts {
  log: Pick<Log, 'append'>;
  world: World;
  commands: Pick<Commands, 'execute'>;
  accounts: AccountsProjection;
  audit: AuditView;
  notices: NoticesProjection;
  tokens: Signer;
  secret: Pick<ServerSecret, 'keyFor'>;
  hub: Pick<FeedCloserDeps, 'closeWhere'>;
  /** who delivers messages; absent: nobody does, and each says so in the record */
  notify?: Notify | undefined;
  /** where the pages are, as https://vantrail.example; undefined: where a request came to */
  publicUrl: string | undefined;
  logger: Logger;
  /** UTC ms */
  now: () => number;
}

export interface People {
  /** for the routes */
  http: Omit<PeopleDeps, 'world' | 'commands' | 'tokens' | 'now'>;
  /** also for what other parts have to say to people */
  notifier: Notifier;
  /** in the order of their start, after the projections have caught up */
  services: Service[];
}

/** Brings together all that has to do with who somebody is. */
export function people(parts: PeopleParts): People {
  const { log, world, commands, accounts, audit, notices, tokens, secret, hub, notify, publicUrl, logger, now } = parts;
  const { registry } = world;
  const { view } = accounts;
  const onChange: World['onChange'] = (listener) => world.onChange(listener);
  const passwords = new Passwords();
  const byPhone = new ConsumersByPhone({ registry, onChange });
  const notifier = new Notifier({
    notify: notify ?? noNotify,
    commands,
    notices,
    contactOf: (agency, to) => contactOf(parts, agency, to),
    logger,
  });
  const send = (notice: Notice) =>
    void notifier.send(notice).catch((error: unknown) => logger.warn({ err: error }, 'a message was not taken'));
  const http: People['http'] = {
    accounts: view,
    signIn: new SignIn({ accounts: view, passwords }),
    sessions: new Sessions({
      log,
      accounts: view,
      registry,
      tokens,
      tokenLife: longestLife,
      secret: once(() => secret.keyFor('refresh tokens')),
      now,
    }),
    codes: new ConsumerCodes({
      find: (agency, phone) => byPhone.find(agency, phone),
      accounts: view,
      secret: once(() => secret.keyFor('sign-in codes')),
      send: ({ agency, consumerId, code, minutes, key }) =>
        send({
          agency,
          key,
          to: { kind: 'consumer', id: consumerId },
          template: 'sign-in-code',
          values: { code, minutes },
        }),
      now,
    }),
    passwords,
    weakness,
    sendInvitation: ({ agency, id, template, url, hours, key }) =>
      notifier.send({ agency, key, to: { kind: 'account', id }, template, values: { url, hours } }),
    audit,
    publicUrl,
  };
  return {
    http,
    notifier,
    services: [
      new FeedCloser({
        onSignedOut: (listener) => accounts.onSignedOut(listener),
        onChange,
        registry,
        closeWhere: (...which) => hub.closeWhere(...which),
      }),
      new Sweep({
        log,
        leftovers: (time) => accounts.leftovers(time, (agency, id) => registry.consumer(agency, id) !== undefined),
        logger,
        now,
      }),
      notifier,
    ],
  };
}

function contactOf({ world, accounts }: PeopleParts, agencyId: string, { kind, id }: Notice['to']) {
  const agency = world.registry.agency(agencyId);
  const person = kind === 'consumer' ? world.registry.consumer(agencyId, id) : accounts.view.account(agencyId, id);
  if (agency === undefined || person?.phone === undefined) return undefined;
  return { phone: person.phone, language: person.language ?? agency.language, agencyName: agency.name };
}

/** The secret is read at the start, and its keys do not change. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
