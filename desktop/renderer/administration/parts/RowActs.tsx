import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';

interface RowAct {
  text: string;
  run: () => void;
  danger?: boolean;
}

/** What can be done with a row: the first as a button, the rest behind one more. */
export function RowActs({ name, acts }: { name: string; acts: readonly (RowAct | undefined)[] }) {
  const say = spoken(sharedWords);
  const [first, ...others] = acts.filter((act) => act !== undefined);
  if (first === undefined) return null;
  return (
    <div className="row-acts">
      <Button
        variant={first.danger ? 'subtle' : 'default'}
        className={first.danger ? 'danger-text' : ''}
        size="compact-sm"
        aria-label={`${first.text}: ${name}`}
        onClick={first.run}
      >
        {first.text}
      </Button>
      {others.length > 0 && (
        <Menu position="bottom-end" withinPortal transitionProps={{ duration: 0 }}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" aria-label={say.actsFor(name)}>
              <IconDots size={18} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map(({ text, run, danger }) => (
              <Menu.Item key={text} onClick={run} className={danger ? 'danger-text' : ''}>
                {text}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
}
