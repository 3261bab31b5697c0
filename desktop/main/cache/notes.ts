import type { Database, Statement } from 'better-sqlite3';
import type { Thing, WaitingNote } from '../../shared/bridge.ts';

interface Row {
  id: number;
  kind: Thing['kind'];
  subject: string;
  text: string;
  at: number;
}

/** Notes written without a connection. They wait here, over restarts, until somebody could send them. */
export class Notes {
  #add: Statement<[string, string, string, number]>;
  #all: Statement<[], Row>;
  #remove: Statement<[number]>;

  constructor(db: Database) {
    this.#add = db.prepare('INSERT INTO note (kind, subject, text, at) VALUES (?, ?, ?, ?)');
    this.#all = db.prepare('SELECT id, kind, subject, text, at FROM note ORDER BY id');
    this.#remove = db.prepare('DELETE FROM note WHERE id = ?');
  }

  add(about: Thing, text: string, at: number): WaitingNote {
    const id = Number(this.#add.run(about.kind, about.id, text, at).lastInsertRowid);
    return { id, about, text, at };
  }

  all(): WaitingNote[] {
    return this.#all.all().map(({ id, kind, subject, text, at }) => ({ id, about: { kind, id: subject }, text, at }));
  }

  remove(id: number): boolean {
    return this.#remove.run(id).changes > 0;
  }
}
