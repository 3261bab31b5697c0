import { Popover } from '@mantine/core';
import type { ReactNode } from 'react';
import { useEscape } from './use-escape.ts';

interface BarPopoverProps {
  isOpen: boolean;
  setOpen: (isOpen: boolean) => void;
  /** which end of the button it stands over */
  at: 'start' | 'end';
  /** opens and closes it */
  button: ReactNode;
  children: ReactNode;
}

/** What a button of the player's bar asks, above the button; Escape closes it and nothing else. */
export function BarPopover({ isOpen, setOpen, at, button, children }: BarPopoverProps) {
  useEscape(isOpen, () => setOpen(false));
  return (
    <Popover
      opened={isOpen}
      onChange={setOpen}
      position={`top-${at}`}
      transitionProps={{ duration: 0 }}
      trapFocus
      returnFocus
      withinPortal={false}
    >
      <Popover.Target>{button}</Popover.Target>
      <Popover.Dropdown className="playback-popover">{children}</Popover.Dropdown>
    </Popover>
  );
}
