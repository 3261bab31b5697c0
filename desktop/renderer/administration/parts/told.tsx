import { CloseButton } from '@mantine/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { troubleOf } from './problem.ts';

interface Line {
  id: number;
  text: string;
  tone: 'good' | 'bad';
}

const told = createStore<{ lines: readonly Line[] }>(() => ({ lines: [] }));
let last = 0;

/** Says in a corner that something is done; `bad` stays until it is put away. */
export function tell(text: string, tone: Line['tone'] = 'good'): void {
  told.setState(({ lines }) => ({ lines: [...lines.slice(-2), { id: ++last, text, tone }] }));
}

export function tellTrouble(error: unknown): void {
  tell(troubleOf(error).text, 'bad');
}

const putAway = (id: number) => told.setState(({ lines }) => ({ lines: lines.filter((line) => line.id !== id) }));

/** So long what went well is shown, ms. */
const shownFor = 6000;

export function Told() {
  const lines = useStore(told, (state) => state.lines);
  return (
    <div className="told" role="status" aria-live="polite">
      {lines.map((line) => (
        <ToldLine key={line.id} line={line} />
      ))}
    </div>
  );
}

function ToldLine({ line: { id, text, tone } }: { line: Line }) {
  useEffect(() => {
    if (tone === 'bad') return;
    const timer = setTimeout(() => putAway(id), shownFor);
    return () => clearTimeout(timer);
  }, [id, tone]);
  return (
    <div className="told-line" data-tone={tone}>
      <span>{text}</span>
      <CloseButton size="sm" aria-label={spoken(sharedWords).putAway} onClick={() => putAway(id)} />
    </div>
  );
}
