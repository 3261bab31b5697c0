import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';

/** Something to be typed elsewhere, letter by letter, with a button that copies it. */
export function Copyable({ name, value }: { name: string; value: string }) {
  const say = spoken(sharedWords);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <span className="copyable">
      <code>{value}</code>
      <Tooltip label={copied ? say.copied : say.copy}>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="sm"
          aria-label={copied ? say.copied : say.copyOf(name)}
          onClick={() => void copy(value).then(setCopied)}
        >
          {copied ? <IconCheck size={15} /> : <IconCopy size={15} />}
        </ActionIcon>
      </Tooltip>
    </span>
  );
}

/** Without TLS browsers have no clipboard for scripts; an old command then does it. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.createElement('textarea');
  field.value = text;
  document.body.append(field);
  field.select();
  const done = document.execCommand('copy');
  field.remove();
  return done;
}
