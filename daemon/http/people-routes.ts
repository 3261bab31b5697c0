import { accountRoutes } from './accounts.ts';
import { auditRoutes } from './audit.ts';
import { colleagueRoutes } from './colleagues.ts';
import { invitationRoutes } from './invitations.ts';
import { passwordRoutes } from './password.ts';
import type { PeopleDeps } from './people.ts';
import { sessionRoutes } from './session.ts';
import { sessionsRoutes } from './sessions.ts';
import type { Routes } from './validation.ts';

/** The routes of people: who signs in, who has an account, who did what. */
export function peopleRoutes(deps: PeopleDeps): Routes[] {
  return [
    sessionRoutes(deps),
    sessionsRoutes(deps),
    accountRoutes(deps),
    colleagueRoutes(deps),
    invitationRoutes(deps),
    passwordRoutes(deps),
    auditRoutes(deps),
  ];
}
