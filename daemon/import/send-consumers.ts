import { openAsBlob } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { BadRows } from './bad-rows.ts';
import type { DaemonClient } from './daemon-client.ts';
import type { ImportCounts, ImportReport } from './import-report.ts';
import type { ListFormat } from './read-list.ts';

export interface SendConsumers {
  file: string;
  format: ListFormat;
  dryRun: boolean;
  mapping: Record<string, string[]>;
  client: DaemonClient;
  bad: BadRows;
  /** told what was made of the header, and how far it is */
  onColumns: (columns: Extract<ImportReport, { type: 'columns' }>) => void;
  onProgress: (counts: ImportCounts) => void;
}

/** Sends a list of consumers to the daemon, which does all the work, and writes down what it says of bad rows. */
export async function sendConsumers(order: SendConsumers): Promise<ImportCounts> {
  const { file, format, dryRun, mapping, client, bad } = order;
  const query = new URLSearchParams({ dryRun: String(dryRun) });
  if (Object.keys(mapping).length > 0) query.set('mapping', JSON.stringify(mapping));
  const blob = await openAsBlob(file);
  const type = format === 'csv' ? 'text/csv' : 'application/json';
  const response = await client.post(`/api/consumers/import?${query}`, type, () => blob);
  if (response.body === null) throw new Error('the daemon answered nothing');
  for await (const line of createInterface({ input: Readable.fromWeb(response.body as never) })) {
    const report = JSON.parse(line) as ImportReport;
    if (report.type === 'columns') order.onColumns(report);
    else if (report.type === 'progress') order.onProgress(report);
    else if (report.type === 'bad') await bad.add(report.row, report.errors, report.cells);
    else if (report.type === 'failed') {
      throw new Error(`after ${report.rows} rows: ${report.detail}; repeat it, what is done is found done`);
    } else return report;
  }
  throw new Error('the daemon stopped in the middle; repeat it, what is done is found done');
}
