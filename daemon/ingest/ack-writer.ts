import type { Socket } from 'node:net';

/**
 * Writes PUBACKs. Those that fall due in one turn (a commit settles many messages at once) go out in one write per
 * connection, which is what an acknowledgement costs most.
 */
export class AckWriter {
  readonly #socket: Socket;
  readonly #due: DueWriters;
  readonly #blocked: () => void;
  #ids: number[] = [];

  /** `blocked` is called for each write that its client is slow to read */
  constructor(socket: Socket, due: DueWriters, blocked: () => void) {
    this.#socket = socket;
    this.#due = due;
    this.#blocked = blocked;
  }

  add(messageId: number): void {
    if (this.#ids.push(messageId) === 1) this.#due.add(this);
  }

  /** Writes what is due now, so that what is written next comes after it. */
  flush(): void {
    const ids = this.#ids;
    if (ids.length === 0) return;
    this.#ids = [];
    if (!this.#socket.writable) return;
    const bytes = Buffer.allocUnsafe(ids.length * 4);
    let at = 0;
    for (const id of ids) {
      bytes[at] = 0x40;
      bytes[at + 1] = 2;
      bytes[at + 2] = id >> 8;
      bytes[at + 3] = id & 0xff;
      at += 4;
    }
    if (!this.#socket.write(bytes)) this.#blocked();
  }
}

/** The writers of a broker that have something to write at the end of this turn. */
export class DueWriters {
  #writers: AckWriter[] = [];

  add(writer: AckWriter): void {
    if (this.#writers.push(writer) > 1) return;
    process.nextTick(() => {
      const writers = this.#writers;
      this.#writers = [];
      for (const one of writers) one.flush();
    });
  }
}
