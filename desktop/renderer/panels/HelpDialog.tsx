import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { useConsole, useParts } from '../console-context.ts';
import { words } from '../words.ts';

const rows = (): [keys: string[], text: string][] => [
  [['/'], words.keys.search],
  [['↑', '↓'], words.keys.move],
  [['Enter'], words.keys.select],
  [['F'], words.keys.follow],
  [['A'], words.keys.all],
  [['Esc'], words.keys.close],
  [['?'], words.keys.help],
];

export function HelpDialog() {
  const { console } = useParts();
  const isOpen = useConsole((state) => state.helpOpen);
  return (
    <Modal
      opened={isOpen}
      onClose={() => console.store.setState({ helpOpen: false })}
      title={words.keys.title}
      closeButtonProps={{ 'aria-label': words.van.close }}
      // Locking the page's scroll would need a style element; nothing here scrolls anyway.
      lockScroll={false}
      centered
      size="sm"
    >
      <dl className="keys">
        {rows().map(([keys, text]) => (
          <Fragment key={text}>
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{text}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}
