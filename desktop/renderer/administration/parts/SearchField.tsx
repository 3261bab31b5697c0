import { TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

/** A search that waits until the typing pauses, ms. */
const pause = 250;

export function SearchField(props: {
  label: string;
  hint?: string;
  value: string;
  search: (value: string) => void;
  autoFocus?: boolean;
}) {
  const { label, hint, value, search } = props;
  const [text, setText] = useState(value);
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => search(text), pause);
    return () => clearTimeout(timer);
  }, [text, value, search]);
  return (
    <TextInput
      className="wide"
      type="search"
      label={label}
      placeholder={hint}
      value={text}
      onChange={({ currentTarget }) => setText(currentTarget.value)}
      onKeyDown={({ key }) => key === 'Enter' && search(text)}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      autoComplete="off"
      spellCheck={false}
    />
  );
}
