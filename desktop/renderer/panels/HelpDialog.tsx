import { Kbd, Modal } from '@mantine/core';
import { Fragment } from 'react';
import { consoleActions } from '../actions.ts';
import { useConsole, useParts } from '../console-context.ts';
import { keyLabel } from '../key-label.ts';
import { words } from '../words.ts';

/** Every key there is, as the actions name it, and the keys that move in lists. */
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
      closeOnEscape={false}
      centered
      size="lg"
    >
      <Keys />
    </Modal>
  );
}

function Keys() {
  const parts = useParts();
  const actions = consoleActions(parts).flatMap(({ id, name, keys = [] }) =>
    keys.length === 0 ? [] : [{ id, name, keys: keys.map(keyLabel) }],
  );
  const inLists = [
    { id: 'move', name: words.keys.move, keys: [['↑'], ['↓']] },
    { id: 'ends', name: words.keyGroups.first, keys: [['Home'], ['End']] },
    { id: 'into', name: words.keyGroups.search, keys: [['↓']] },
    { id: 'select', name: words.keys.select, keys: [['Enter']] },
  ];
  return (
    <div className="key-groups">
      <KeyGroup title={words.keyGroups.actions} rows={actions} />
      <KeyGroup title={words.keyGroups.list} rows={inLists} />
    </div>
  );
}

function KeyGroup({ title, rows }: { title: string; rows: { id: string; name: string; keys: string[][] }[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl className="keys">
        {rows.map(({ id, name, keys }) => (
          <Fragment key={id}>
            <dt>
              {keys.map((shortcut) => (
                <span key={shortcut.join(' ')} className="shortcut">
                  {shortcut.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </span>
              ))}
            </dt>
            <dd>{name}</dd>
          </Fragment>
        ))}
      </dl>
    </section>
  );
}
