import { createHash } from 'node:crypto';
import { closeSync, existsSync, mkdirSync, openSync, readSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { removeDatabase } from './backup.ts';
import { syncFile, syncFolder } from './durable-file.ts';

/**
 * A backup: one SQLite file that has other files in it, in pieces.
 *
 *   about   name, value           format (1) and made (UTC ms)
 *   file    name, bytes, sha256   sha256 of the whole file, hex
 *   piece   file, number, crc, body    body = zstd of 1 MB of the file, crc = crc32(body)
 */
const format = '1';
const pieceSize = 1_048_576;
const tables = `
  CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL);
  CREATE TABLE file (name TEXT PRIMARY KEY, bytes INTEGER NOT NULL, sha256 TEXT NOT NULL);
  CREATE TABLE piece (file TEXT NOT NULL, number INTEGER NOT NULL, crc INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY (file, number));`;

interface StoredFile {
  name: string;
  bytes: number;
  sha256: string;
}

export class BackupFile {
  readonly #db: Database.Database;
  readonly #path: string;
  readonly #target: string;

  private constructor(db: Database.Database, path: string, target: string) {
    this.#db = db;
    this.#path = path;
    this.#target = target;
  }

  /** Begins a new backup beside its later place. */
  static create(target: string, made: number): BackupFile {
    const path = `${target}.part`;
    removeDatabase(path);
    const db = new Database(path);
    // Of no use until it is complete: nothing of it needs a journal.
    db.pragma('journal_mode = OFF');
    db.pragma('synchronous = OFF');
    db.exec(tables);
    const about = db.prepare('INSERT INTO about VALUES (?,?)');
    about.run('format', format);
    about.run('made', String(made));
    return new BackupFile(db, path, target);
  }

  /** Opens a backup to read it. Throws when it is none, or of a kind this program does not know. */
  static open(path: string): BackupFile {
    if (!existsSync(path)) throw new Error(`there is no file ${path}`);
    const db = new Database(path, { readonly: true });
    let found: unknown;
    try {
      found = db.prepare("SELECT value FROM about WHERE name = 'format'").pluck().get();
    } catch {
      // Said below.
    }
    if (found !== format) {
      db.close();
      throw new Error(`${path} is no backup${found === undefined ? '' : ` of a format this version knows (${found})`}`);
    }
    return new BackupFile(db, path, path);
  }

  made(): number {
    return Number(this.#db.prepare("SELECT value FROM about WHERE name = 'made'").pluck().get());
  }

  files(): StoredFile[] {
    return this.#db.prepare('SELECT * FROM file ORDER BY rowid').all() as StoredFile[];
  }

  add(name: string, path: string): void {
    const insert = this.#db.prepare('INSERT INTO piece VALUES (?,?,?,?)');
    const hash = createHash('sha256');
    const buffer = Buffer.alloc(pieceSize);
    const file = openSync(path, 'r');
    let bytes = 0;
    try {
      for (let number = 0; ; number++) {
        const read = readSync(file, buffer, 0, pieceSize, null);
        if (read === 0) break;
        const piece = buffer.subarray(0, read);
        hash.update(piece);
        bytes += read;
        const body = zstdCompressSync(piece);
        insert.run(name, number, crc32(body), body);
      }
    } finally {
      closeSync(file);
    }
    this.#db.prepare('INSERT INTO file VALUES (?,?,?)').run(name, bytes, hash.digest('hex'));
  }

  /** Writes a file of the backup to `path`, and checks that it is what was put in. */
  extract(stored: StoredFile, path: string, onProgress: (share: number) => void = () => {}): void {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, 'wx', 0o600);
    try {
      this.#eachPiece(stored, (piece, share) => {
        writeFileSync(file, piece);
        onProgress(share);
      });
    } finally {
      closeSync(file);
    }
    syncFile(path);
  }

  #eachPiece({ name, bytes, sha256 }: StoredFile, use: (piece: Buffer, share: number) => void): void {
    const hash = createHash('sha256');
    let done = 0;
    const rows = this.#db.prepare('SELECT crc, body FROM piece WHERE file = ? ORDER BY number').iterate(name);
    for (const { crc, body } of rows as IterableIterator<{ crc: number; body: Buffer }>) {
      if (!Buffer.isBuffer(body) || crc32(body) !== crc) throw this.#damaged(name);
      const piece = zstdDecompressSync(body, { maxOutputLength: pieceSize });
      hash.update(piece);
      done += piece.length;
      use(piece, done / bytes);
    }
    if (done !== bytes || hash.digest('hex') !== sha256) throw this.#damaged(name);
  }

  #damaged(name: string): Error {
    return new Error(`the backup ${this.#path} is damaged: ${name} in it is not what was put in`);
  }

  /** Reads everything back, makes it durable and gives it its name. Answers its size in bytes. */
  finish(): number {
    for (const stored of this.files()) this.#eachPiece(stored, () => {});
    this.#db.close();
    syncFile(this.#path);
    renameSync(this.#path, this.#target);
    syncFolder(dirname(this.#target));
    return statSync(this.#target).size;
  }

  /** Closes it; a backup that was begun and not finished is removed. */
  close(): void {
    this.#db.close();
    if (this.#path !== this.#target) removeDatabase(this.#path);
  }
}
