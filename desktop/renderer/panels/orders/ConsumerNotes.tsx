import { ActionIcon, Button, Textarea } from '@mantine/core';
import { IconClockPause, IconPencil, IconTrash } from '@tabler/icons-react';
import { type FormEvent, useEffect, useState } from 'react';
import type { Consumer } from '../../../../protocol/registry.ts';
import type { WaitingNote } from '../../../shared/bridge.ts';
import { useConsole, useParts } from '../../console-context.ts';
import { words } from '../../words.ts';

/** What the driver should know at this door. Without a link one can add a note, which waits. */
export function ConsumerNotes({ consumer }: { consumer: Consumer }) {
  const { console, notes: keeper } = useParts();
  const { store, changes } = console;
  const link = useConsole((state) => state.link.kind);
  const isCut = link !== 'live' && link !== 'catching-up';
  const [draft, setDraft] = useState<string>();
  const waiting = useWaiting(consumer.id);
  const close = () => setDraft(undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const text = (draft ?? '').trim();
    if (isCut) {
      if (text !== '') await keeper.add(consumer.id, text);
      store.setState({ notesRevision: store.getState().notesRevision + 1 });
      close();
    } else if (await changes.saveNotes(consumer.id, text, consumer.version)) close();
  };
  return (
    <section className="card-section" aria-label={words.notes.title}>
      <div className="section-head">
        <h3>{words.notes.title}</h3>
        {draft === undefined && (
          <Button
            size="compact-xs"
            variant="subtle"
            leftSection={<IconPencil size={14} aria-hidden="true" />}
            onClick={() => setDraft(isCut ? '' : (consumer.notes ?? ''))}
          >
            {isCut ? words.notes.add : words.notes.edit}
          </Button>
        )}
      </div>
      {(draft === undefined || isCut) && (
        <p className={consumer.notes === undefined ? 'quiet notes' : 'notes'}>{consumer.notes ?? words.notes.none}</p>
      )}
      {waiting.map((note) => (
        <p key={note.id} className="notes waiting">
          <IconClockPause size={15} aria-hidden="true" />
          <span>
            {note.text} <span className="quiet">{words.notes.waiting}</span>
          </span>
          <ActionIcon
            size="sm"
            variant="subtle"
            color="gray"
            aria-label={words.notes.remove}
            onClick={() =>
              void keeper
                .remove(note.id)
                .then(() => store.setState({ notesRevision: store.getState().notesRevision + 1 }))
            }
          >
            <IconTrash size={14} />
          </ActionIcon>
        </p>
      ))}
      {draft !== undefined && (
        <form className="notes-form" onSubmit={(event) => void submit(event)}>
          <Textarea
            aria-label={words.notes.title}
            placeholder={words.notes.placeholder}
            value={draft}
            rows={3}
            maxLength={500}
            autoFocus
            onChange={(event) => setDraft(event.currentTarget.value)}
          />
          {isCut && <p className="quiet">{words.notes.addHint}</p>}
          <div className="dialog-buttons">
            <Button size="xs" variant="default" onClick={close}>
              {words.notes.cancel}
            </Button>
            <Button size="xs" type="submit" className="strong-button">
              {isCut ? words.notes.wait : words.notes.save}
            </Button>
          </div>
        </form>
      )}
    </section>
  );
}

function useWaiting(consumerId: string): readonly WaitingNote[] {
  const { notes } = useParts();
  const revision = useConsole((state) => state.notesRevision);
  const [waiting, setWaiting] = useState<readonly WaitingNote[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision is a reason to look again
  useEffect(() => {
    let isWanted = true;
    notes.list().then(
      (all) => isWanted && setWaiting(all.filter(({ about }) => about.kind === 'consumer' && about.id === consumerId)),
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [notes, consumerId, revision]);
  return waiting;
}
