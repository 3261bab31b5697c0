import { Button, SegmentedControl, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useParts, useZone } from '../../console-context.ts';
import { dayAt, daysAfter } from '../parts/day.ts';
import { queryOf, useKept } from '../parts/kept.ts';
import { Failed, Nothing, Skeleton } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { useReading } from '../parts/reading.ts';
import { nameOf, saveFile } from '../parts/save-file.ts';
import { tellTrouble } from '../parts/told.tsx';
import { partsWords } from '../words/parts.ts';
import { reportsWords } from '../words/reports.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { NormNow } from './NormNow.tsx';
import { type Report, ReportTable } from './ReportTable.tsx';

type By = 'day' | 'van' | 'driver';

/** What was done: how orders stand against the norm now, and past days in numbers. */
export default function ReportsPage() {
  const { console } = useParts();
  const say = spoken(reportsWords);
  const both = spoken(sharedWords);
  const parts = spoken(partsWords);
  const zone = useZone();
  const today = dayAt(console.now(), zone);
  const [by, setBy] = useKept<By>('reports.by', 'day');
  const [from, setFrom] = useKept('reports.from', daysAfter(today, -6));
  const [to, setTo] = useKept('reports.to', today);
  const [saving, setSaving] = useState(false);
  const path = (format: string) => `/api/reports/days${queryOf({ from, to, by, format })}`;
  const report = useReading<Report>(from === '' || to === '' ? undefined : path('json'));
  const choose = (first: string, last: string) => {
    setFrom(first);
    setTo(last);
  };
  const save = async () => {
    setSaving(true);
    try {
      const answer = await console.session.fetch(path('csv'));
      saveFile(await answer.blob(), nameOf(answer, `report-${by}-${from}-${to}.csv`));
    } catch (error) {
      tellTrouble(error);
    } finally {
      setSaving(false);
    }
  };
  const periods: [text: string, first: string, last: string][] = [
    [say.today, today, today],
    [say.yesterday, daysAfter(today, -1), daysAfter(today, -1)],
    [say.week, daysAfter(today, -6), today],
    [say.month, `${today.slice(0, 8)}01`, today],
  ];
  return (
    <>
      <PageHead title={both.pages.reports} lead={say.lead(zone)}>
        <Button variant="default" loading={saving} onClick={() => void save()}>
          {say.csv}
        </Button>
        <Button variant="default" onClick={() => window.print()}>
          {say.print}
        </Button>
      </PageHead>
      <NormNow />
      <div className="filters">
        <TextInput
          label={parts.from}
          type="date"
          max={to}
          value={from}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
        />
        <TextInput
          label={parts.to}
          type="date"
          min={from}
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
        <div className="own">
          <SegmentedControl
            aria-label={say.by}
            value={by}
            onChange={(value) => setBy(value as By)}
            data={(['day', 'van', 'driver'] as const).map((value) => ({ value, label: say.bys[value] }))}
          />
        </div>
        {periods.map(([text, first, last]) => (
          <Button
            key={text}
            size="xs"
            variant="default"
            aria-pressed={from === first && to === last}
            onClick={() => choose(first, last)}
          >
            {text}
          </Button>
        ))}
      </div>
      {report.error !== undefined && <Failed error={report.error} retry={report.reload} />}
      {report.value === undefined
        ? report.error === undefined && <Skeleton rows={7} />
        : report.error === undefined &&
          (report.value.items.length === 0 ? (
            <Nothing title={say.emptyTitle} lead={say.emptyLead} />
          ) : (
            <ReportTable report={report.value} busy={report.busy} />
          ))}
    </>
  );
}
