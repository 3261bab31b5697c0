import { Button, CloseButton, Kbd, Loader } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useConsole, useParts } from '../../console-context.ts';
import { words } from '../../words.ts';

/** What became of the last change, with the way back while there is one. */
export function ChangeWord() {
  const { store, changes } = useParts().console;
  const word = useConsole((state) => state.changeWord);
  // The region stands before its text comes, so that screen readers tell it.
  return (
    <div className="change-region" role="status" aria-live="polite">
      {word !== undefined && (
        <div className="change-word" data-kind={word.kind}>
          {word.kind === 'working' && <Loader size={16} aria-hidden="true" />}
          {word.kind === 'done' && <IconCheck size={18} aria-hidden="true" />}
          {word.kind === 'refused' && <IconAlertTriangle size={18} aria-hidden="true" />}
          <div className="change-text">
            {word.text}
            {word.more !== undefined && (
              <ul>
                {word.more.map((line) => (
                  <li key={line}>{line}</li>
                ))}
              </ul>
            )}
          </div>
          {word.undo !== undefined && (
            <Button
              size="compact-sm"
              variant="default"
              aria-keyshortcuts="Z"
              rightSection={<Kbd size="xs">Z</Kbd>}
              onClick={() => void changes.undo()}
            >
              {words.changes.undo}
            </Button>
          )}
          {word.kind !== 'working' && (
            <CloseButton
              size="sm"
              aria-label={words.changes.putAway}
              onClick={() => store.setState({ changeWord: undefined })}
            />
          )}
        </div>
      )}
    </div>
  );
}
