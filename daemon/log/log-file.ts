import { randomBytes } from 'node:crypto';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { Counts } from './counts.ts';
import type { Branch, Lineage } from './cursor.ts';
import type { Damage } from './damage.ts';
import { checkVersion, fileName, keptTopics, pageSize, schema, settle, tableOf, topicNumber } from './layout.ts';
import { isMalformed, isMalformedAtOpen, Malformed } from './malformed.ts';
import { newestCrc, pack, rowCrc, sealed, unsealed } from './row.ts';
import { finishSalvage, salvage } from './salvage.ts';
import { type DamagedRow, setAside } from './set-aside.ts';
import { checkEnds } from './verify.ts';
import { examineWal } from './wal.ts';
import type { CommitRequest, Totals } from './writer-messages.ts';

export interface LogFileDeps {
  folder: string;
  maxPageCount?: number;
  now: () => number;
  /** called once for each damage, when it has been set aside and noted */
  onDamage: (damage: Damage) => void;
}

type Statement = Database.Statement<unknown[], unknown>;

/** The open file of the embedded log. Synchronous; lives in the writer thread. */
export class LogFile {
  readonly #deps: LogFileDeps;
  #db: Database.Database | undefined;
  #statements = new Map<string, Statement>();
  counts = new Counts();
  lineage: Lineage = { epoch: '', earlier: [] };
  head = 0;
  /** the last number given to a commit; one that failed is not given again */
  #given = 0;

  constructor(deps: LogFileDeps) {
    this.#deps = deps;
  }

  get db(): Database.Database {
    if (this.#db === undefined) throw new Error('the file of the log is closed');
    return this.#db;
  }

  /** A prepared statement, made once. */
  statement(sql: string): Statement {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.db.prepare<unknown[], unknown>(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  open(): void {
    const { folder, now } = this.#deps;
    const path = join(folder, fileName);
    finishSalvage(folder, now());
    // Where the system does not let us write, nothing is wrong with the file.
    if (existsSync(path)) accessSync(path, constants.R_OK | constants.W_OK);
    const why = whySalvage(path);
    if (why !== undefined) this.#salvage(why);
    this.#guard(() => {
      this.#open();
      this.setAside(checkEnds(this));
    }, isMalformedAtOpen);
  }

  #open(): void {
    if (this.#db !== undefined) return;
    const db = new Database(join(this.#deps.folder, fileName), { timeout: 10_000 });
    this.#db = db;
    checkVersion(String(db.prepare('SELECT sqlite_version()').pluck().get()));
    const { maxPageCount } = this.#deps;
    settle(db, maxPageCount === undefined ? {} : { maxPageCount });
    db.exec(schema);
    this.lineage = this.#readLineage();
    this.counts = new Counts();
    const last = this.counts.open(this);
    const newest = this.statement('SELECT count(*) AS keys, max(commit_number) AS last FROM newest').get();
    const { keys, last: lastNewest } = newest as { keys: number; last: number | null };
    this.counts.newest = keys;
    this.head = Math.max(last, lastNewest ?? 0, Number(this.meta('head') ?? 0));
    this.#given = this.head;
    // A write at once, so that a file which cannot be written is found here.
    this.setMeta('opened', String(this.#deps.now()));
  }

  #readLineage(): Lineage {
    const epoch = this.meta('epoch');
    if (epoch !== undefined) return { epoch, earlier: JSON.parse(this.meta('earlier') ?? '[]') as Branch[] };
    const made = newEpoch();
    this.setMeta('epoch', made);
    return { epoch: made, earlier: [] };
  }

  /** Begins a life of its own for a copy: a new epoch, in which the old one is known up to here. */
  branch(): void {
    const { epoch, earlier } = this.lineage;
    const lineage = { epoch: newEpoch(), earlier: [...earlier, { epoch, upTo: this.head }] };
    const write = this.db.transaction(() => {
      this.setMeta('epoch', lineage.epoch);
      this.setMeta('earlier', JSON.stringify(lineage.earlier));
    });
    write.immediate();
    this.lineage = lineage;
  }

  meta(name: string): string | undefined {
    const sealed = this.statement('SELECT value FROM meta WHERE name = ?').pluck().get(name);
    if (sealed === undefined) return undefined;
    const value = unsealed(name, sealed);
    if (value === undefined) throw new Malformed(`the entry ${name} is damaged`);
    return value;
  }

  setMeta(name: string, value: string): void {
    this.statement('INSERT INTO meta VALUES (?,?) ON CONFLICT (name) DO UPDATE SET value = excluded.value').run(
      name,
      sealed(name, value),
    );
  }

  /** Stores one commit and answers its number; when it returns, the commit is durable. */
  commit(request: CommitRequest): number {
    const parts = request.kept.map((part) => ({ ...part, ...pack(part.text) }));
    return this.guarded(() => {
      // A new number even after a failure: remains of the failed commit can then never be taken for this one.
      const commit = ++this.#given;
      const write = this.db.transaction(() => {
        for (const { topic, records, packing, body } of parts) {
          const { records: recordsBefore, bytes: bytesBefore } = this.counts.of(topic);
          const row = { commit, time: request.time, records, recordsBefore, bytesBefore, packing, body };
          this.statement(`INSERT INTO ${tableOf(topic)} VALUES (?,?,?,?,?,?,?,?)`).run(
            ...[commit, row.time, records, recordsBefore, bytesBefore, packing, rowCrc(topicNumber[topic], row), body],
          );
        }
        return this.#writeNewest(commit, request);
      });
      this.counts.newest += write.immediate();
      for (const { topic, records, body } of parts) this.counts.add(topic, { records, bytes: body.length });
      this.head = commit;
      return commit;
    });
  }

  /** Answers how many keys are new. */
  #writeNewest(commit: number, request: CommitRequest): number {
    // Most values that come many at a time are of new keys.
    const insert = this.statement(
      'INSERT INTO newest (topic, key, commit_number, crc, value) VALUES (?,?,?,?,?) ON CONFLICT (topic, key) DO NOTHING',
    );
    const update = this.statement(
      'UPDATE newest SET commit_number = ?, crc = ?, value = ? WHERE topic = ? AND key = ?',
    );
    let added = 0;
    for (const { topic: name, keys, values } of request.newest) {
      const topic = topicNumber[name];
      for (const [i, key] of keys.entries()) {
        const value = values[i] ?? null;
        const crc = newestCrc({ topic, key, commit, value });
        if (insert.run(topic, key, commit, crc, value).changes > 0) added++;
        else update.run(commit, crc, value, topic, key);
      }
    }
    return added;
  }

  /** Runs `task`; when it finds the file malformed, salvages the file and runs it once more on the fresh one. */
  guarded<T>(task: () => T): T {
    return this.#guard(task, isMalformed);
  }

  #guard<T>(task: () => T, malformed: (error: unknown) => boolean): T {
    try {
      return task();
    } catch (error) {
      if (!malformed(error)) throw error;
      this.#salvage(`the file of the log was malformed (${(error as Error).message})`);
      return task();
    }
  }

  #salvage(why: string): void {
    this.#close();
    const damage = salvage(this.#deps.folder, this.#deps.now(), why);
    this.#open();
    this.#deps.onDamage(damage);
  }

  setAside(rows: readonly DamagedRow[]): void {
    const { folder, now, onDamage } = this.#deps;
    for (const row of rows) onDamage(setAside(this, folder, now(), row));
  }

  totals(): Totals {
    const pages = Number(this.statement('PRAGMA page_count').pluck().get());
    return { records: this.counts.records(), bytes: pages * pageSize, given: this.counts.given() };
  }

  /** Saves the counts, so that rows missing at the end are found at the next start, and empties the write-ahead log. */
  close(): void {
    if (this.#db === undefined) return;
    try {
      for (const topic of keptTopics) this.counts.save(this, topic);
      this.#db.pragma('wal_checkpoint(TRUNCATE)');
    } finally {
      this.#close();
    }
  }

  #close(): void {
    this.#statements.clear();
    this.#db?.close();
    this.#db = undefined;
  }
}

/** 60 random bits as letters and digits. */
function newEpoch(): string {
  return randomBytes(8).readBigUInt64BE().toString(36).padStart(13, '0').slice(-12);
}

/** Damage that SQLite itself would pass over in silence. */
function whySalvage(path: string): string | undefined {
  const exists = existsSync(path);
  if (exists && statSync(path).size === 0) return 'the file of the log was empty';
  if (!exists && existsSync(`${path}-wal`)) return 'the file of the log was gone, only its write-ahead log was left';
  if (exists && examineWal(`${path}-wal`).lostCommit) return 'the write-ahead log was damaged before its last commit';
  return undefined;
}
