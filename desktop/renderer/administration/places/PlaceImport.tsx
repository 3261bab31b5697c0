import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { problemText } from '../../../../protocol/refusal-text.ts';
import { useParts } from '../../console-context.ts';
import { count } from '../../format.ts';
import { language } from '../../words.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { FileDrop } from '../parts/FileDrop.tsx';
import { troubleOf } from '../parts/problem.ts';
import { placesWords } from '../words/places.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { type PlaceItem, partsOf, readPlaces } from './place-list.ts';
import { citiesPath } from './place-path.ts';

type ItemAnswer = { index: number; status: number } & Parameters<typeof problemText>[0];

interface Run {
  all: number;
  done: number;
  bad: { row: number; detail: string }[];
  isOver: boolean;
  problem?: string;
}

/** Places sent at a time. */
const together = 500;
const pathOf = { city: `${citiesPath}/bulk`, pincode: citiesPath.replace('cities', 'pincodes') };

export function PlaceImport({ close }: { close: () => void }) {
  const { session } = useParts().console;
  const say = spoken(placesWords).import;
  const [run, setRun] = useState<Run>();
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);

  const begin = async (file: File) => {
    const items = readPlaces(await file.text());
    let now: Run = { all: items.length, done: 0, bad: [], isOver: false };
    setRun(now);
    try {
      for (const part of partsOf(items, together)) {
        const [first] = part as [PlaceItem];
        const answer = (await session.write({
          method: 'POST',
          path: `${pathOf[first.kind]}?existing=update`,
          body: part.map(({ body }) => body),
          signal: leaving.current.signal,
        })) as { items: ItemAnswer[] };
        const bad = answer.items.flatMap((item) =>
          item.status < 300 ? [] : [{ row: part[item.index]?.row ?? 0, detail: problemText(item, language) ?? '' }],
        );
        now = { ...now, done: now.done + part.length, bad: [...now.bad, ...bad] };
        setRun(now);
      }
      setRun({ ...now, isOver: true });
    } catch (error) {
      if (!leaving.current.signal.aborted) setRun({ ...now, isOver: true, problem: troubleOf(error).text });
    }
  };
  return (
    <Dialog title={say.title} close={close} size="lg">
      {run === undefined ? (
        <FileDrop accept=".csv,text/csv" text={say.drop} choose={(file) => void begin(file)} />
      ) : (
        <section aria-live="polite">
          {!run.isOver && <progress className="progress" max={run.all} value={run.done} aria-label={say.running} />}
          <p className="empty-title">{run.isOver ? say.done : say.running}</p>
          <p>{say.counts(count(run.done - run.bad.length), count(run.all), count(run.bad.length))}</p>
          {run.problem !== undefined && <p className="form-problem">{run.problem}</p>}
          {run.bad.length > 0 && (
            <ul className="bad-list">
              {run.bad.slice(0, 100).map(({ row, detail }) => (
                <li key={row}>{say.badRow(row, detail)}</li>
              ))}
            </ul>
          )}
        </section>
      )}
      <div className="form-buttons">
        <Button variant="default" onClick={close}>
          {spoken(sharedWords).close}
        </Button>
      </div>
    </Dialog>
  );
}
