import { Kbd, Modal } from '@mantine/core';
import {
  IconBolt,
  IconClipboardText,
  IconMapPin,
  IconPolygon,
  IconSearch,
  IconTruck,
  IconUser,
} from '@tabler/icons-react';
import { type KeyboardEvent, useDeferredValue, useEffect, useLayoutEffect, useRef, useState } from 'react';
import { useConsole, useParts } from '../../console-context.ts';
import { keyLabel } from '../../key-label.ts';
import { type Selection, selected } from '../../store.ts';
import { words } from '../../words.ts';
import { type Choice, detailOf, keyOf, nameOf } from './candidates.ts';
import type { PaletteKind } from './palette-search.ts';
import { remembered } from './palette-search.ts';
import { useChoices } from './use-choices.ts';

/** One line in which every action and every thing is found by name. */
export function CommandPalette() {
  const { store } = useParts().console;
  const isOpen = useConsole((state) => state.paletteOpen);
  return (
    <Modal.Root
      opened={isOpen}
      onClose={() => store.setState({ paletteOpen: false })}
      lockScroll={false}
      closeOnEscape={false}
      // Done here, at once: an action may give the focus to something else.
      returnFocus={false}
      size={620}
      yOffset="12dvh"
      // Whoever opens it types at once.
      transitionProps={{ duration: 0 }}
    >
      <Modal.Overlay backgroundOpacity={0.35} />
      <Modal.Content aria-label={words.palette.open} radius="lg">
        <Modal.Body p={0}>
          <Palette />
        </Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

const marks: Record<PaletteKind, typeof IconBolt> = {
  action: IconBolt,
  van: IconTruck,
  consumer: IconUser,
  order: IconClipboardText,
  zone: IconPolygon,
  place: IconMapPin,
};
const optionId = (index: number) => `palette-option-${index}`;

function Palette() {
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  // Typing stays quick with 100,000 consumers: what was found follows when there is time.
  const wanted = useDeferredValue(query);
  const choices = useChoices(wanted);
  const choose = useChoose();
  const list = useRef<HTMLDivElement>(null);
  const line = useRef<HTMLInputElement>(null);
  const [before] = useState(() => document.activeElement);
  useLayoutEffect(() => {
    // The dialog would do so a moment later, and the first letters would be lost.
    line.current?.focus();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, [before]);
  const at = Math.min(active, choices.length - 1);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another query begins at its best answer
  useEffect(() => setActive(0), [wanted]);
  useEffect(() => {
    list.current?.querySelector(`#${optionId(at)}`)?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  // What was listed when Enter came was of the letters before: the best of all letters is meant.
  const [isChosen, setIsChosen] = useState(false);
  useEffect(() => {
    if (!isChosen || wanted !== query) return;
    setIsChosen(false);
    const [best] = choices;
    if (best !== undefined) choose(best);
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const page = 8;
    const last = choices.length - 1;
    const to = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      PageDown: Math.min(at + page, last),
      PageUp: Math.max(at - page, 0),
    }[event.key];
    if (to !== undefined) {
      event.preventDefault();
      setActive(to);
      return;
    }
    const choice = choices[at];
    if (event.key !== 'Enter' || event.nativeEvent.isComposing) return;
    event.preventDefault();
    if (wanted !== query) setIsChosen(true);
    else if (choice !== undefined) choose(choice);
  };

  return (
    <div className="palette">
      <div className="palette-line">
        <IconSearch size={19} aria-hidden="true" />
        <input
          ref={line}
          data-autofocus
          value={query}
          onChange={(event) => setQuery(event.currentTarget.value)}
          onKeyDown={onKeyDown}
          role="combobox"
          aria-expanded={choices.length > 0}
          aria-controls="palette-list"
          aria-autocomplete="list"
          aria-activedescendant={at >= 0 ? optionId(at) : undefined}
          aria-label={words.palette.label}
          placeholder={words.palette.placeholder}
          autoComplete="off"
          spellCheck={false}
        />
        <Kbd size="xs">Esc</Kbd>
      </div>
      <div id="palette-list" ref={list} className="palette-list" role="listbox" aria-label={words.palette.results}>
        {choices.map((choice, i) => (
          <Option
            key={keyOf(choice)}
            id={optionId(i)}
            choice={choice}
            isActive={i === at}
            onEnter={() => setActive(i)}
            onChoose={() => choose(choice)}
          />
        ))}
      </div>
      {choices.length === 0 && (
        <p className="palette-none" role="status">
          {words.palette.none}
        </p>
      )}
    </div>
  );
}

interface OptionProps {
  id: string;
  choice: Choice;
  isActive: boolean;
  onEnter: () => void;
  onChoose: () => void;
}

function Option({ id, choice, isActive, onEnter, onChoose }: OptionProps) {
  const Mark = marks[choice.kind];
  const keys = choice.kind === 'action' ? choice.action.keys : undefined;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the line holds the focus and names this option
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are handled by the line
    <div
      id={id}
      className="palette-option"
      role="option"
      aria-selected={isActive}
      data-key={keyOf(choice)}
      onPointerMove={onEnter}
      onClick={onChoose}
    >
      <Mark size={18} aria-hidden="true" />
      <span className="palette-name">
        {nameOf(choice)} <span className="quiet">{detailOf(choice)}</span>
      </span>
      {keys?.[0] === undefined ? (
        <span className="palette-kind">{words.palette.of[choice.kind]}</span>
      ) : (
        <span className="palette-keys">
          {keyLabel(keys[0]).map((key) => (
            <Kbd key={key} size="xs">
              {key}
            </Kbd>
          ))}
        </span>
      )}
    </div>
  );
}

/** Runs an action, or selects a thing and shows it on the map. */
function useChoose(): (choice: Choice) => void {
  const { console, scene } = useParts();
  const { store } = console;
  return (choice) => {
    const key = keyOf(choice);
    store.setState((state) => ({
      paletteOpen: false,
      ...(choice.kind === 'action'
        ? { recentActions: remembered(state.recentActions, key) }
        : { recentThings: remembered(state.recentThings, key) }),
    }));
    if (choice.kind === 'action') {
      // The focus first goes back; an action that takes it must come after.
      setTimeout(() => choice.action.run());
      return;
    }
    store.setState({ screen: 'desk' });
    if ('points' in choice) {
      store.setState({ following: false });
      scene.showPlaces(choice.points);
      return;
    }
    const selection: Selection = {
      kind: choice.kind,
      id: choice.kind === 'order' ? choice.entry.order.id : choice.kind === 'van' ? choice.van.id : choice.consumer.id,
    };
    store.setState(selected(store.getState(), selection));
    scene.show(selection);
  };
}
