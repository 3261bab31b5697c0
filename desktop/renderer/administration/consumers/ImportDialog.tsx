import { Button, NativeSelect } from '@mantine/core';
import { problemText } from '../../../../protocol/refusal-text.ts';
import { count } from '../../format.ts';
import { language } from '../../words.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { FileDrop } from '../parts/FileDrop.tsx';
import { Skeleton } from '../parts/Listed.tsx';
import { csvCell, saveFile } from '../parts/save-file.ts';
import { consumersWords } from '../words/consumers.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { type BadRow, fieldOf, type ImportField, type ImportState, importFields, isEnough } from './import-state.ts';
import { useImport } from './use-import.ts';

/** A list of consumers: chosen, its columns looked at, checked without changing anything, then imported. */
export function ImportDialog({ close, done }: { close: () => void; done: () => void }) {
  const say = spoken(consumersWords).import;
  const run = useImport();
  const { file, state, isImport } = run;
  const step = state === undefined ? 0 : !isImport ? 1 : state.end === 'running' ? 2 : 3;
  const leave = step >= 2 ? done : close;
  return (
    <Dialog title={say.title} close={leave} size="xl">
      <ol className="steps">
        {say.steps.map((text, index) => (
          <li key={text} aria-current={index === step ? 'step' : undefined}>
            {index + 1}. {text}
          </li>
        ))}
      </ol>
      {state === undefined && (
        <FileDrop accept=".csv,.json,.ndjson,.jsonl,text/csv,application/json" text={say.drop} choose={run.choose} />
      )}
      {state !== undefined && file !== undefined && (
        <>
          <p>
            <strong>{file.name}</strong>
          </p>
          {step === 1 && <Columns state={state} assign={run.assign} />}
          <Outcome state={state} isImport={isImport} />
          <div className="form-buttons">
            {step !== 2 && (
              <Button variant="default" onClick={run.again}>
                {say.otherFile}
              </Button>
            )}
            {step === 1 && state.isStale && (
              <Button className="primary" onClick={run.check}>
                {say.checkAgain}
              </Button>
            )}
            {step === 1 && !state.isStale && (
              <Button
                className="primary"
                disabled={state.end !== 'done' || !isEnough(state.mapping) || state.counts.rows === state.counts.bad}
                onClick={run.begin}
              >
                {say.begin(count(state.counts.added + state.counts.changed))}
              </Button>
            )}
            {step === 3 && (
              <Button className="primary" onClick={done}>
                {spoken(sharedWords).close}
              </Button>
            )}
          </div>
        </>
      )}
    </Dialog>
  );
}

function Columns({ state, assign }: { state: ImportState; assign: (column: string, field: string) => void }) {
  const say = spoken(consumersWords).import;
  if (state.header.length === 0) return state.end === 'running' ? <Skeleton rows={4} /> : null;
  const options = [
    { value: '', label: say.unused },
    ...importFields.map((value) => ({ value, label: say.fields[value] })),
  ];
  return (
    <>
      <p className="quiet">{say.columnsLead}</p>
      <div className="mapping">
        {state.header.map((column) => (
          <NativeSelect
            key={column}
            size="xs"
            label={column}
            data={options}
            value={fieldOf(state.mapping, column)}
            onChange={({ currentTarget }) => assign(column, currentTarget.value)}
          />
        ))}
      </div>
      {!isEnough(state.mapping) && <p className="warn-note">{say.notEnough}</p>}
    </>
  );
}

function Outcome({ state, isImport }: { state: ImportState; isImport: boolean }) {
  const say = spoken(consumersWords).import;
  const { counts, bad, end } = state;
  const isDone = end === 'done';
  return (
    <section aria-live="polite" data-testid="import-outcome" data-end={typeof end === 'string' ? end : 'failed'}>
      {end === 'running' && (
        <>
          <progress className="progress" aria-label={isImport ? say.importing : say.checking} />
          <p>{isImport ? say.importing : say.checking}</p>
        </>
      )}
      {typeof end === 'object' && (
        <p className="form-problem" role="alert">
          {problemText({ ...end, detail: end.failed }, language)}
        </p>
      )}
      {isDone && <p className="empty-title">{isImport ? say.done : say.wouldBe}</p>}
      {counts.rows > 0 && (
        <dl className="figures">
          {(['rows', 'added', 'changed', 'same', 'bad'] as const).map((each) => (
            <div key={each} className={each === 'bad' && counts.bad > 0 ? 'bad' : ''}>
              <dt>{say.counts[each]}</dt>
              <dd>{count(counts[each])}</dd>
            </div>
          ))}
        </dl>
      )}
      {bad.length > 0 && <BadRows rows={bad} />}
    </section>
  );
}

/** Rows shown at most; the file has all of them. */
const shownRows = 100;

function BadRows({ rows }: { rows: readonly BadRow[] }) {
  const say = spoken(consumersWords).import;
  const lineOf = ({ field, message, ...error }: BadRow['errors'][number]) => {
    const text = problemText({ ...error, detail: message }, language) ?? message;
    const name = language === 'en' ? field : (say.fields[field as ImportField] ?? field);
    return `${name} ${text}`.trim();
  };
  const problemOf = ({ errors }: BadRow) => errors.map(lineOf).join('; ');
  const save = () => {
    const header = Object.keys(rows[0]?.cells ?? {});
    const lines = rows.map((row) => [
      String(row.row),
      problemOf(row),
      ...header.map((column) => row.cells[column] ?? ''),
    ]);
    const text = [['row', 'problem', ...header], ...lines].map((cells) => cells.map(csvCell).join(',')).join('\r\n');
    // Spreadsheets take a file for UTF-8 by the mark at its beginning.
    saveFile(new Blob(['\uFEFF', text, '\r\n'], { type: 'text/csv' }), 'bad-rows.csv');
  };
  return (
    <>
      <div className="bad-head">
        <h3>{say.badTitle}</h3>
        <Button variant="default" size="compact-sm" onClick={save}>
          {say.badFile}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by the keyboard too */}
      <section className="table-frame bad-rows" tabIndex={0} aria-label={say.badTitle}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{say.row}</th>
              <th scope="col">{say.problem}</th>
              <th scope="col">{say.stands}</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, shownRows).map((row) => (
              <tr key={row.row}>
                <th scope="row">{row.row}</th>
                <td>{problemOf(row)}</td>
                <td className="quiet">
                  <span className="clip">{Object.values(row.cells).filter(Boolean).join(' · ')}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {rows.length > shownRows && <p className="quiet">{say.onlySome(count(shownRows), count(rows.length))}</p>}
    </>
  );
}
