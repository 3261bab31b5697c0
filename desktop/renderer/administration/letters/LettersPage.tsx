import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type DeadLetter, reasons } from '../../../../protocol/record.ts';
import { useNow, useParts, useZone } from '../../console-context.ts';
import { count, timeSince } from '../../format.ts';
import { Confirm } from '../parts/Dialog.tsx';
import { queryOf, useKept } from '../parts/kept.ts';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { troubleOf } from '../parts/problem.ts';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { tell } from '../parts/told.tsx';
import { useMay } from '../rights.ts';
import { lettersWords } from '../words/letters.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { LetterDialog } from './LetterDialog.tsx';
import { type Replayed, replayText, wentWell } from './replay.ts';

export default function LettersPage() {
  const { session } = useParts().console;
  const say = spoken(lettersWords);
  const both = spoken(sharedWords);
  const mayReplay = useMay('dead-letters');
  const zone = useZone();
  const now = useNow();
  const [reason, setReason] = useKept('letters.reason', '');
  const [device, setDevice] = useKept('letters.device', '');
  const isId = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(device);
  const letters = useListing<DeadLetter>(`/api/dead-letters${queryOf({ reason, device: isId ? device : '' })}`);
  const [open, setOpen] = useState<DeadLetter>();
  const [busy, setBusy] = useState(false);
  const [result, setResult] = useState<string>();
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState<number>();

  const replay = async ({ id }: DeadLetter) =>
    (await session.write({ method: 'POST', path: `/api/dead-letters/${id}/replay` })) as Replayed;
  const replayOne = (letter: DeadLetter, show: (text: string, isGood: boolean) => void) => {
    setBusy(true);
    replay(letter)
      .then(
        (answer) => show(replayText(answer), wentWell(answer)),
        (error) => show(troubleOf(error).text, false),
      )
      .finally(() => {
        setBusy(false);
        letters.reload();
      });
  };
  /** One after the other: the daemon is asked no faster than it answers. */
  const replayAll = async () => {
    const sums = { accepted: 0, duplicates: 0, refused: 0 };
    for (const [index, letter] of (letters.items ?? []).entries()) {
      setDone(index);
      const answer = await replay(letter).catch(() => undefined);
      if (answer === undefined || answer.rejected.length > 0) sums.refused++;
      else if (answer.accepted > 0) sums.accepted++;
      else sums.duplicates++;
    }
    setDone(undefined);
    setAsked(false);
    tell(say.summary(sums.accepted, sums.duplicates, sums.refused), sums.refused > 0 ? 'bad' : 'good');
    letters.reload();
  };

  const columns: Column<DeadLetter>[] = [
    { id: 'device', head: say.device, cell: (letter) => <span className="mono">{letter.device}</span> },
    {
      id: 'reason',
      head: say.reason,
      cell: (letter) => (
        <span className="pill" data-tone="warn">
          {say.reasons[letter.reason] ?? letter.reason}
        </span>
      ),
    },
    {
      id: 'detail',
      head: say.detail,
      cell: ({ detail }) => (
        <span className="clip" title={detail}>
          {detail}
        </span>
      ),
    },
    { id: 'when', head: say.when, cell: ({ time }) => timeSince(time, now, zone) },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (letter) => (
        <RowActs
          name={`${letter.device}, ${timeSince(letter.time, now, zone)}`}
          acts={[
            {
              text: say.look,
              run: () => {
                setResult(undefined);
                setOpen(letter);
              },
            },
            mayReplay
              ? {
                  text: say.replay,
                  run: () => replayOne(letter, (text, isGood) => tell(text, isGood ? 'good' : 'bad')),
                }
              : undefined,
          ]}
        />
      ),
    },
  ];
  const some = letters.items?.length ?? 0;
  const isFiltered = reason !== '' || device !== '';
  return (
    <>
      <PageHead title={both.pages['dead-letters']} lead={say.lead}>
        {mayReplay && some > 0 && (
          <Button variant="default" onClick={() => setAsked(true)}>
            {say.replayAll}
          </Button>
        )}
      </PageHead>
      <div className="filters">
        <NativeSelect
          label={say.reason}
          value={reason}
          data={[
            { value: '', label: say.allReasons },
            ...reasons.map((value) => ({ value, label: say.reasons[value] ?? value })),
          ]}
          onChange={({ currentTarget }) => setReason(currentTarget.value)}
        />
        <TextInput
          label={say.deviceFilter}
          value={device}
          onChange={({ currentTarget }) => setDevice(currentTarget.value.trim())}
          autoComplete="off"
          spellCheck={false}
        />
      </div>
      <Listed
        listing={letters}
        columns={columns}
        keyOf={({ id }) => id}
        label={both.pages['dead-letters']}
        empty={isFiltered ? { title: say.emptyFiltered } : { title: say.emptyTitle, lead: say.emptyLead }}
      />
      {open !== undefined && (
        <LetterDialog
          letter={open}
          close={() => setOpen(undefined)}
          replay={mayReplay ? () => replayOne(open, setResult) : undefined}
          busy={busy}
          result={result}
        />
      )}
      {asked && (
        <Confirm
          title={say.replayAllTitle(count(some))}
          button={done === undefined ? say.replayAll : say.replaying(done, some)}
          act={replayAll}
          done={() => undefined}
          close={() => setAsked(false)}
        >
          <p>{say.replayAllText}</p>
        </Confirm>
      )}
    </>
  );
}
