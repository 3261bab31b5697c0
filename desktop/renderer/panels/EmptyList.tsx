import { Button, Loader } from '@mantine/core';
import { useConsole, useParts } from '../console-context.ts';
import { words } from '../words.ts';

/** Why the list is empty, and what to do about it. */
export function EmptyList({ loaded, hasVans }: { loaded: boolean; hasVans: boolean }) {
  const { console } = useParts();
  const query = useConsole((state) => state.query);
  const status = useConsole((state) => state.status);
  if (!loaded) {
    return (
      <div className="empty" role="status">
        <Loader size="sm" aria-hidden="true" />
        <p>{words.panel.loading}</p>
      </div>
    );
  }
  const isSearch = query !== '';
  const title = isSearch
    ? words.panel.noMatch
    : hasVans && status !== 'all'
      ? words.panel.noStatus(words.status[status])
      : words.panel.noVans;
  const hint = isSearch ? words.panel.noMatchHint : hasVans ? undefined : words.panel.noVansHint;
  return (
    <div className="empty" role="status">
      <p className="empty-title">{title}</p>
      {hint !== undefined && <p className="quiet">{hint}</p>}
      {hasVans && (
        <Button variant="default" size="xs" onClick={() => console.store.setState({ query: '', status: 'all' })}>
          {words.panel.showAll}
        </Button>
      )}
    </div>
  );
}
