import { CloseButton } from '@mantine/core';
import { useConsole, useParts } from '../console-context.ts';
import { words } from '../words.ts';

/** What the desktop app wants a person to know, until it is put away. */
export function Notices() {
  const { console } = useParts();
  const notices = useConsole((state) => state.notices);
  if (notices.length === 0) return null;
  const putAway = (key: string) =>
    console.store.setState((state) => ({ notices: state.notices.filter((each) => each.key !== key) }));
  return (
    <ul className="notices" aria-live="polite">
      {notices.map(({ key, text }) => (
        <li key={key} data-notice={key}>
          <span>{text}</span>
          <CloseButton size="sm" aria-label={words.notices.putAway} onClick={() => putAway(key)} />
        </li>
      ))}
    </ul>
  );
}
