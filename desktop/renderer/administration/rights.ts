import { type Managed, mayManage } from '../../../protocol/access.ts';
import { useConsole } from '../console-context.ts';
import type { ConsoleState } from '../store.ts';

/** Whether whoever looks at this console may change such things; the daemon decides by the same function. */
export function may({ viewer, agency }: Pick<ConsoleState, 'viewer' | 'agency'>, what: Managed): boolean {
  if (viewer === undefined || agency === undefined) return false;
  const { role, subject } = viewer;
  return mayManage({ role, subject, agency: agency.id, scopes: new Set(), expiresAt: Infinity }, what, agency.id, 0);
}

export function useMay(what: Managed): boolean {
  return useConsole((state) => may(state, what));
}
