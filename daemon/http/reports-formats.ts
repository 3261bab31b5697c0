import { createHash } from 'node:crypto';
import type { DayReport } from '../domain/day-report.ts';
import { type DetailedReport, type ReportBy, sumOf } from '../project/day-reports.ts';
import { type Column, columns, words } from './reports-words.ts';
import { csvText } from './trail-formats.ts';

/** What a report is of. */
export interface ReportHead {
  /** the agency's name */
  agency: string;
  timeZone: string;
  language: 'en' | 'hi';
  by: ReportBy;
  /** the first and the last day */
  from: string;
  to: string;
  /** the name of a van or driver */
  nameOf: (of: { vanId: string } | { driverId: string }) => string;
}
type Days = AsyncIterable<readonly DetailedReport[]>;

/** The one object of the other answers, its items written as they are found; `total` is the sum of all. */
export async function* jsonReport({ by, from, to, timeZone }: ReportHead, days: Days): AsyncGenerator<string> {
  yield `${JSON.stringify({ from, to, by, timeZone }).slice(0, -1)},"items":[`;
  const total = sumOf([]);
  let separator = '';
  for await (const reports of days) {
    for (const report of reports) {
      yield separator + JSON.stringify(report);
      separator = ',';
      addTo(total, report);
    }
  }
  const { day: _day, ...sum } = total;
  yield `],"total":${JSON.stringify(sum)},"next":null}`;
}

function addTo(total: DayReport, report: DayReport): void {
  Object.assign(total, sumOf([total, report]));
}

/** RFC 4180, with a header line; numbers without words, so that they can be reckoned with. */
export async function* csvReport({ by, nameOf }: ReportHead, days: Days): AsyncGenerator<string> {
  const subject = by === 'day' ? [] : [by, `${by}_name`];
  // Spreadsheets take a file for UTF-8 by the mark at its beginning.
  yield `\uFEFF${['day', ...subject, ...columns.map(({ csv }) => csv)].join(',')}\r\n`;
  for await (const reports of days) {
    yield reports
      .map((report) => {
        const id = report.vanId ?? report.driverId ?? '';
        const named = by === 'day' ? [] : [csvText(id), csvText(nameIn(report, nameOf) ?? '')];
        return `${[report.day, ...named, ...columns.map((column) => csvNumber(report, column))].join(',')}\r\n`;
      })
      .join('');
  }
}

function nameIn({ vanId, driverId }: DayReport, nameOf: ReportHead['nameOf']): string | undefined {
  if (vanId !== undefined) return nameOf({ vanId });
  return driverId === undefined ? undefined : nameOf({ driverId });
}

function csvNumber(report: DayReport, { field, unit }: Column): string {
  const value = report[field];
  if (value === undefined) return '';
  if (unit === 'km') return (value / 1000).toFixed(1);
  if (unit === 'time') return String(Math.round(value / 60_000));
  return unit === 'share' ? (value * 100).toFixed(0) : String(value);
}

/** Readable on paper and by a screen reader; no script, no address, nothing loaded. */
const style = `
body { font: 14px/1.4 system-ui, sans-serif; margin: 1.5rem; color: #111; background: #fff; }
h1 { font-size: 1.3rem; margin: 0; }
p { margin: 0.2rem 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid #777; padding: 0.25rem 0.4rem; text-align: right; vertical-align: bottom; }
th[scope="row"], thead th.subject { text-align: left; white-space: nowrap; }
thead th { background: #eee; }
tfoot th, tfoot td { font-weight: bold; border-top: 2px solid #111; }
caption { text-align: left; padding-bottom: 0.4rem; }
@media print {
  @page { size: A4 landscape; margin: 10mm; }
  body { margin: 0; font-size: 8pt; }
  .wide { overflow: visible; }
  thead { display: table-header-group; }
  tfoot { display: table-row-group; }
  tr { break-inside: avoid; }
  th, td { padding: 1pt 2pt; }
}
`;

/** What the page may do: show itself with this one style sheet. */
export const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page that is printed. */
export async function* htmlReport(head: ReportHead, days: Days): AsyncGenerator<string> {
  const { agency, language, by, from, to, timeZone, nameOf } = head;
  const say = words[language];
  const title = `${say.title[by]}: ${agency}`;
  const subject = by === 'day' ? [] : [say[by]];
  const heads = [say.day, ...subject].map((text) => `<th scope="col" class="subject">${escaped(text)}</th>`).join('');
  const numbers = columns.map(({ field }) => `<th scope="col">${escaped(say.columns[field])}</th>`).join('');
  yield `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escaped(title)}</title><style>${style}</style></head>
<body><main><h1>${escaped(title)}</h1><p>${escaped(say.period(from, to))} (${escaped(timeZone)})</p>
<div class="wide" role="region" aria-label="${escaped(title)}" tabindex="0">
<table><caption>${escaped(`${say.title[by]}, ${say.period(from, to)}`)}</caption>
<thead><tr>${heads}${numbers}</tr></thead>
<tbody>
`;
  const total = sumOf([]);
  let rows = 0;
  for await (const reports of days) {
    for (const report of reports) {
      const none = by === 'van' ? say.noVan : say.noDriver;
      const named = by === 'day' ? [] : [nameIn(report, nameOf) ?? none];
      const first = [report.day, ...named].map((text) => `<th scope="row">${escaped(text)}</th>`).join('');
      yield `<tr>${first}${cells(report, language)}</tr>\n`;
      addTo(total, report);
      rows++;
    }
  }
  if (rows === 0) yield `<tr><td colspan="${columns.length + 1 + subject.length}">${escaped(say.nothing)}</td></tr>\n`;
  const span = 1 + subject.length;
  yield `</tbody>
<tfoot><tr><th scope="row" colspan="${span}">${escaped(say.total)}</th>${cells(total, language)}</tr></tfoot>
</table></div></main></body></html>
`;
}

function cells(report: DayReport, language: 'en' | 'hi'): string {
  return columns.map((column) => `<td>${escaped(shown(report, column, language))}</td>`).join('');
}

function shown(report: DayReport, { field, unit }: Column, language: 'en' | 'hi'): string {
  const value = report[field];
  if (value === undefined) return '–';
  if (unit === 'time') {
    const minutes = Math.round(value / 60_000);
    return `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}`;
  }
  const digits = unit === 'km' ? 1 : 0;
  const number = unit === 'km' ? value / 1000 : unit === 'share' ? value * 100 : value;
  return number.toLocaleString(`${language}-IN`, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}
