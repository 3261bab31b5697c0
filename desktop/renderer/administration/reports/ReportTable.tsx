import type { Account } from '../../../../protocol/account.ts';
import { useParts } from '../../console-context.ts';
import { count } from '../../format.ts';
import { useListing } from '../parts/reading.ts';
import { useMay } from '../rights.ts';
import { reportsWords } from '../words/reports.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';

const columns = [
  'distance',
  'driving',
  'trips',
  'stops',
  'delivered',
  'failed',
  'late',
  'codeRate',
  'cylindersOut',
  'cylindersDelivered',
  'cylindersBack',
  'empties',
  'atDoors',
  'silence',
  'ghosts',
  'unknown',
] as const;
export type ReportColumn = (typeof columns)[number];
type Numbers = { [C in ReportColumn]?: number };

export interface Report {
  by: 'day' | 'van' | 'driver';
  items: (Numbers & { day: string; vanId?: string; driverId?: string })[];
  total: Numbers;
}

const times: ReadonlySet<ReportColumn> = new Set(['driving', 'atDoors', 'silence']);

/** A number as it is read: metres as km, ms as h:mm, a share as %. */
function reportCell(column: ReportColumn, value: number | undefined): string {
  if (value === undefined) return '–';
  if (column === 'distance') return (value / 1000).toFixed(1);
  if (column === 'codeRate') return `${Math.round(value * 100)} %`;
  if (!times.has(column)) return count(value);
  const minutes = Math.round(value / 60_000);
  return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
}

export function ReportTable({ report, busy }: { report: Report; busy: boolean }) {
  const { world } = useParts().console;
  const say = spoken(reportsWords);
  const maySeeAccounts = useMay('accounts');
  const accounts = useListing<Account>(
    report.by === 'driver' && maySeeAccounts ? '/api/accounts?limit=1000' : undefined,
  );
  const subject = ({ vanId, driverId }: Report['items'][number]) => {
    if (report.by === 'van') return vanId === undefined ? say.noVan : (world.vans.get(vanId)?.van.name ?? vanId);
    if (driverId === undefined) return say.noDriver;
    return accounts.items?.find(({ id }) => id === driverId)?.name ?? driverId;
  };
  return (
    <section
      className="table-frame report"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls sideways, and must do so by the keyboard too
      tabIndex={0}
      aria-label={spoken(sharedWords).pages.reports}
      aria-busy={busy}
    >
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{say.bys.day}</th>
            {report.by !== 'day' && <th scope="col">{say.bys[report.by]}</th>}
            {columns.map((column) => (
              <th key={column} scope="col" className="number">
                {say.columns[column]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.items.map((item) => (
            <tr key={`${item.day} ${item.vanId ?? ''} ${item.driverId ?? ''}`}>
              <th scope="row">{item.day}</th>
              {report.by !== 'day' && <th scope="row">{subject(item)}</th>}
              {columns.map((column) => (
                <td key={column} className="number">
                  {reportCell(column, item[column])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={report.by === 'day' ? 1 : 2}>
              {say.total}
            </th>
            {columns.map((column) => (
              <td key={column} className="number">
                {reportCell(column, report.total[column])}
              </td>
            ))}
          </tr>
        </tfoot>
      </table>
    </section>
  );
}
