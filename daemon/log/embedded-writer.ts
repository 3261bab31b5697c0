import { mkdirSync, statfsSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { listDamage } from './damage.ts';
import { lockFolder } from './lock.ts';
import { LogFile } from './log-file.ts';
import { beginningOf, forwardedOf, noteForwarded, trimStep } from './marks.ts';
import { readPage } from './page.ts';
import { retainStep } from './retention.ts';
import type { Answer, Failure, Question, Reply, Request, WriterData } from './writer-messages.ts';

/**
 * The writer thread: it alone has the file of the log open, so that a slow disk never holds up the daemon's event loop.
 * It answers requests one by one in the order they come; what takes long (retention) lets others in between.
 */
const port = parentPort;
if (port === null) throw new Error('this is the writer thread of the log and no program of its own');
const { folder, maxPageCount } = workerData as WriterData;
const say = (reply: Reply, handOver: ArrayBuffer[] = []) => port.postMessage(reply, handOver);

const file = new LogFile({
  folder,
  ...(maxPageCount === undefined ? {} : { maxPageCount }),
  now: Date.now,
  onDamage: (damage) => say({ kind: 'damage', damage }),
});
let unlock = () => {};
/** ms after which the write-ahead log, which still has what was erased, is emptied too */
const emptyWalAfter = 1000;
let emptyWal: NodeJS.Timeout | undefined;

function open(): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    unlock = lockFolder(folder);
    file.open();
    const { lineage, head } = file;
    const marks = { beginning: beginningOf(file), forwarded: forwardedOf(file) };
    say({ kind: 'opened', opened: { lineage, head, totals: file.totals(), damage: listDamage(folder), ...marks } });
  } catch (error) {
    unlock();
    say({ kind: 'refused', message: (error as Error).message, full: failureOf(error).kind === 'full' });
    port?.close();
  }
}

function commit(request: Extract<Request, { kind: 'commit' }>): void {
  try {
    const number = file.commit(request);
    say({ kind: 'committed', commit: number, totals: file.totals() });
  } catch (error) {
    say({ kind: 'failed', failure: failureOf(error) });
    return;
  }
  if (emptyWal === undefined && request.newest.some(({ values }) => values.includes(null))) {
    emptyWal = setTimeout(() => {
      emptyWal = undefined;
      try {
        file.db.pragma('wal_checkpoint(TRUNCATE)');
      } catch {
        // A backup is reading or the disk is full: the next checkpoint does it.
      }
    }, emptyWalAfter);
    emptyWal.unref();
  }
}

async function answer(id: number, question: Question): Promise<void> {
  try {
    const answer = await act(question);
    const totals = question.kind === 'close' ? undefined : file.totals();
    const texts = answer?.page?.runs.map(({ json }) => json.buffer);
    say({ kind: 'answer', id, ...(totals && { totals }), ...(answer && { answer }) }, texts);
  } catch (error) {
    say({ kind: 'answer', id, failure: failureOf(error) });
  }
  if (question.kind === 'close') port?.close();
}

async function act(question: Question): Promise<Answer | undefined> {
  switch (question.kind) {
    case 'page':
      return { page: readPage(file, question) };
    case 'retain':
      while (retainStep(file, question.now, question.retention)) await new Promise(setImmediate);
      return undefined;
    case 'probe':
      file.setMeta('probe', '0'.repeat(question.bytes));
      file.setMeta('probe', '');
      return undefined;
    case 'forwarded':
      noteForwarded(file, question.mark);
      return undefined;
    case 'trim':
      while (trimStep(file, question)) await new Promise(setImmediate);
      return { beginning: beginningOf(file) };
    case 'limit':
      file.db.pragma(`max_page_count = ${question.pages}`);
      return undefined;
    case 'close':
      clearTimeout(emptyWal);
      try {
        file.close();
      } finally {
        unlock();
      }
      return undefined;
  }
}

function failureOf(error: unknown): Failure {
  const { message } = error as Error;
  const code = error instanceof Database.SqliteError ? error.code : '';
  const full = code === 'SQLITE_FULL' || (code.startsWith('SQLITE_IOERR') && freeBytes() < 1_048_576);
  return { kind: full ? 'full' : 'io', message: code === '' ? message : `${message} (${code})` };
}

/** SQLite calls it an I/O error when it is its shared memory that finds no room. */
function freeBytes(): number {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

port.on('message', (request: Request) => {
  if (request.kind === 'commit') commit(request);
  else void answer(request.id, request.question);
});
open();
