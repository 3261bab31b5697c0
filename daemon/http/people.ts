import type { FastifyRequest } from 'fastify';
import type { Role, Viewer } from '../../protocol/claims.ts';
import { why } from '../../protocol/refusal-text.ts';
import type { AccountsView } from '../domain/account-view.ts';
import {
  type Asked,
  type CodeAnswer,
  type KeyAnswer,
  type Opened,
  type SignInAnswer,
  TooBusy,
} from '../domain/signing-in.ts';
import type { AuditView } from '../project/audit.ts';
import type { Commands } from '../project/commands.ts';
import type { World } from '../project/world.ts';
import { Problem } from './problem.ts';
import type { Tokens } from './tokens.ts';

/** What the routes of people need; `daemon/accounts/` has it. */
export interface PeopleDeps {
  world: World;
  commands: Pick<Commands, 'execute'>;
  accounts: AccountsView;
  tokens: Pick<Tokens, 'sign' | 'verify'>;
  signIn: {
    password(login: string, password: string, address: string): Promise<SignInAnswer>;
    key(key: string, address: string): KeyAnswer;
    /** the kept hash when it is the present password of somebody signed in */
    shown(agency: string, id: string, password: string): Promise<string | 'slow' | undefined>;
  };
  sessions: {
    open(who: {
      agency: string;
      role: Opened['role'];
      subject: string;
      client: string;
      id?: string;
    }): Promise<Opened | undefined>;
    refresh(token: string): Promise<Opened | undefined>;
    end(agency: string, id: string): Promise<void>;
    endByToken(token: string): Promise<void>;
    endAll(agency: string, role: Role, subject: string): Promise<void>;
  };
  codes: {
    ask(agency: string, phone: string): Asked;
    check(given: { agency: string; phone: string; challenge: string; code: string; consumerId?: string }): CodeAnswer;
  };
  passwords: { hash(password: string): Promise<string> };
  /** why a password will not do; undefined: it will */
  weakness: (password: string, own: { login: string; agency: string }) => string | undefined;
  /** sends somebody the link by which he sets a password */
  sendInvitation: (message: {
    agency: string;
    id: string;
    template: 'invitation' | 'password-reset';
    url: string;
    hours: number;
    key: string;
  }) => Promise<void>;
  audit: AuditView;
  /** where the pages are, as https://vantrail.example; undefined: where the request came to */
  publicUrl: string | undefined;
  /** UTC ms */
  now: () => number;
}

/** Waits for something that checks or makes a password; too many at a time are asked to come back. */
export async function calculated<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof TooBusy)) throw error;
    throw new Problem(503, 'busy', why('signing-in-busy'), {
      headers: { 'retry-after': '2' },
    });
  }
}

/** The refusal of what was not looked at. */
export function slowDown(wait: number): Problem {
  const seconds = Math.max(1, Math.ceil(wait / 1000));
  return new Problem(429, 'too-many-requests', why('too-many-attempts', { seconds }), {
    headers: { 'retry-after': String(seconds) },
  });
}

/** Why the password somebody wants will not do. */
export function weak(message: string): Problem {
  const reason = why('password-weak', { message });
  return new Problem(422, 'cannot-be', reason, { errors: [{ path: '/password', rule: 'weak', message, ...reason }] });
}

/** What a browser or program calls itself, for the list of sessions. */
export function clientOf(request: FastifyRequest): string {
  return (request.headers['user-agent'] ?? '').replace(/[^\x20-\x7e]/g, '').slice(0, 120);
}

/** Whether the caller is an account, and neither a consumer nor a share link: their ids are another space. */
export function isAccount({ role, link }: Viewer): boolean {
  return role !== 'CUSTOMER' && link === undefined;
}
