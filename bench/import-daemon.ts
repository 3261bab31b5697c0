import { type Api, addAgency, startDaemon, temporaryFolder } from '../test/daemon-process.ts';
import { consumers, csv } from './import-list.ts';
import { median } from './row.ts';

/** Each imports into an agency of its own; the middle of them counts. */
const rounds = 5;

/** ms of an import through HTTP, all projections of a daemon at work, and of one that only says what it would do. */
export async function throughDaemon(): Promise<{ imported: number; decided: number }> {
  const { folder, remove } = await temporaryFolder();
  const daemon = await startDaemon({ data: folder, args: ['--rate-limit', '1000', '--log-level', 'error'] });
  const list = csv();
  const imported: number[] = [];
  const decided: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const agency = await addAgency(daemon, `bench-${round}`);
    decided.push(await timed(agency, list, true));
    imported.push(await timed(agency, list, false));
  }
  await daemon.stop();
  await remove();
  return { imported: median(imported), decided: median(decided) };
}

async function timed(agency: Api, list: string, dryRun: boolean): Promise<number> {
  const start = performance.now();
  const { text } = await agency('POST', `/api/consumers/import?dryRun=${dryRun}`, list, { 'content-type': 'text/csv' });
  const took = performance.now() - start;
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  const { type, added } = JSON.parse(last) as { type: string; added?: number };
  if (type !== 'done' || added !== consumers) throw new Error(`the import through the daemon came to ${last}`);
  return took;
}
