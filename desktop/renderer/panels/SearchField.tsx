import { CloseButton, Kbd, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import type { KeyboardEvent } from 'react';
import { searchFieldId } from '../actions.ts';
import { useConsole, useParts } from '../console-context.ts';
import { words } from '../words.ts';

interface SearchFieldProps {
  label: string;
  placeholder: string;
  /** id of the list that shows what is found */
  list: string;
  onKeyDown: (event: KeyboardEvent<HTMLInputElement>) => void;
}

/** The field that `/` leads to, whatever the panel shows. */
export function SearchField({ label, placeholder, list, onKeyDown }: SearchFieldProps) {
  const { store } = useParts().console;
  const query = useConsole((state) => state.query);
  return (
    <TextInput
      id={searchFieldId}
      type="search"
      value={query}
      onChange={(event) => store.setState({ query: event.currentTarget.value })}
      onKeyDown={onKeyDown}
      aria-label={label}
      aria-keyshortcuts="/"
      aria-controls={list}
      placeholder={placeholder}
      autoComplete="off"
      spellCheck={false}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      rightSection={
        query === '' ? (
          <Kbd size="xs" aria-hidden="true">
            /
          </Kbd>
        ) : (
          <CloseButton size="sm" aria-label={words.panel.clear} onClick={() => store.setState({ query: '' })} />
        )
      }
    />
  );
}
