import { words } from './words.ts';

const names: Record<string, string> = {
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  ' ': '␣',
};
const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent);

/** What is printed on the keys of a shortcut: `mod+k` is Ctrl K, on a Mac ⌘ K. */
export function keyLabel(key: string): string[] {
  const withModifier = key.startsWith('mod+');
  const last = withModifier ? key.slice('mod+'.length) : key;
  const name = names[last] ?? (last.length === 1 ? last.toUpperCase() : last);
  return withModifier ? [isMac ? '⌘' : words.keyGroups.withCtrl, name] : [name];
}
