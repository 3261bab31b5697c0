import type { Thing } from './bridge.ts';

/** The scheme of addresses that open something in the desktop app. */
export const linkScheme = 'vantrail';

/** Letters, digits, dot, dash, underscore, as everywhere (protocol/registry.ts). */
const idRule = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/**
 * What an address asks to be opened: `vantrail://order/{id}` or `vantrail://van/{id}`, nothing else. Any page or
 * message can carry such an address, so it can open a thing and never do anything to it. Undefined: it is none of ours.
 */
export function readDeepLink(address: string): Thing | undefined {
  const [, kind, id] = /^vantrail:\/\/(order|van)\/([^/?#]+)\/?$/i.exec(address) ?? [];
  if (kind === undefined || id === undefined || !idRule.test(id)) return undefined;
  return { kind: kind.toLowerCase() as 'order' | 'van', id };
}

/** The first of a program's arguments that is such an address: Windows and Linux hand it over this way. */
export function deepLinkAmong(args: readonly string[]): Thing | undefined {
  for (const arg of args) {
    const found = readDeepLink(arg);
    if (found !== undefined) return found;
  }
  return undefined;
}
