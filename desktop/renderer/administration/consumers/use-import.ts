import { useEffect, useRef, useState } from 'react';
import { useParts } from '../../console-context.ts';
import { troubleOf } from '../parts/problem.ts';
import { begun, type ImportState, linesOf, type Mapping, told, withField } from './import-state.ts';

/** So often what is shown is brought up to date while rows fly by, ms. */
const showEvery = 120;

/** Checks a list, and imports it; both can be told another mapping, and both can be given up. */
export function useImport() {
  const { session } = useParts().console;
  const [file, setFile] = useState<File>();
  const [state, setState] = useState<ImportState>();
  const [isImport, setIsImport] = useState(false);
  const running = useRef<AbortController>(undefined);
  useEffect(() => () => running.current?.abort(), []);

  const run = async (list: File, dryRun: boolean, mapping: Mapping | undefined) => {
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setIsImport(!dryRun);
    let now: ImportState = mapping === undefined ? begun : { ...begun, header: state?.header ?? [], mapping };
    setState(now);
    const query = new URLSearchParams({ dryRun: String(dryRun) });
    if (mapping !== undefined) query.set('mapping', JSON.stringify(mapping));
    try {
      const path = `/api/consumers/import?${query}`;
      const answer = await session.send({ method: 'POST', path, body: typed(list), signal: mine.signal });
      let shown = 0;
      for await (const report of linesOf(answer)) {
        if (mine.signal.aborted) return;
        now = told(now, report);
        if (performance.now() - shown < showEvery) continue;
        shown = performance.now();
        setState(now);
      }
      if (now.end === 'running') throw new TypeError('the answer broke off');
      setState(now);
    } catch (error) {
      if (!mine.signal.aborted) setState({ ...now, end: { failed: troubleOf(error).text } });
    }
  };

  return {
    file,
    state,
    /** what runs, or ran last, is the import and not the check before it */
    isImport,
    choose(list: File) {
      setFile(list);
      void run(list, true, undefined);
    },
    assign: (column: string, field: string) => setState((before) => before && withField(before, column, field)),
    check: () => file !== undefined && void run(file, true, state?.mapping),
    begin: () => file !== undefined && void run(file, false, state?.mapping),
    again() {
      running.current?.abort();
      setFile(undefined);
      setState(undefined);
      setIsImport(false);
    },
  };
}

/** A list with the type that the daemon knows; systems disagree about what a CSV file is. */
function typed(file: File): Blob {
  const type = /\.(ndjson|jsonl)$/i.test(file.name)
    ? 'application/x-ndjson'
    : /\.json$/i.test(file.name)
      ? 'application/json'
      : 'text/csv';
  return new Blob([file], { type });
}
