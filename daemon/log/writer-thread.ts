import { Worker } from 'node:worker_threads';
import type { Damage } from './damage.ts';
import { LogError } from './log.ts';
import type {
  Answer,
  CommitRequest,
  Failure,
  Opened,
  Page,
  PageRequest,
  Question,
  Reply,
  Request,
  Totals,
  WriterData,
} from './writer-messages.ts';

export interface WriterThreadDeps extends WriterData {
  onCommitted: (commit: number) => void;
  onFailed: (failure: Failure) => void;
  onTotals: (totals: Totals) => void;
  onDamage: (damage: Damage) => void;
  /** the thread ended without being asked to; nothing can be written any more */
  onLost: (error: Error) => void;
}

interface Waiting {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
}

/** The daemon's end of the writer thread. */
export class WriterThread {
  readonly #deps: WriterThreadDeps;
  #worker: Worker | undefined;
  #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #ended: Error | undefined;

  constructor(deps: WriterThreadDeps) {
    this.#deps = deps;
  }

  start(): Promise<Opened> {
    const { folder, maxPageCount } = this.#deps;
    const workerData: WriterData = { folder, ...(maxPageCount === undefined ? {} : { maxPageCount }) };
    const worker = new Worker(new URL('./embedded-writer.ts', import.meta.url), { workerData, name: 'log-writer' });
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      const first = (reply: Reply) => {
        if (reply.kind === 'opened') resolve(reply.opened);
        else if (reply.kind === 'refused') reject(new LogError(reply.full ? 'full' : 'io', reply.message));
        else this.#take(reply);
      };
      worker.on('message', first);
      worker.once('error', (error: Error) => this.#end(error));
      worker.once('exit', () => this.#end(new Error('the writer thread of the log has ended')));
      this.#whenEnded = reject;
    });
  }

  #whenEnded: (error: Error) => void = () => {};

  #take(reply: Reply): void {
    if (reply.kind === 'committed') {
      this.#deps.onTotals(reply.totals);
      this.#deps.onCommitted(reply.commit);
    } else if (reply.kind === 'failed') this.#deps.onFailed(reply.failure);
    else if (reply.kind === 'damage') this.#deps.onDamage(reply.damage);
    else if (reply.kind === 'answer') {
      if (reply.totals) this.#deps.onTotals(reply.totals);
      const waiting = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      if (reply.failure) waiting?.reject(new LogError(reply.failure.kind, reply.failure.message));
      else waiting?.resolve(reply.answer ?? {});
    }
  }

  #end(error: Error): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#whenEnded(error);
    for (const { reject } of this.#waiting.values()) reject(new LogError('closed', 'the log is closed'));
    this.#waiting.clear();
    if (this.#worker !== undefined) this.#deps.onLost(error);
  }

  /** The texts of the request are handed over: they are empty here afterwards. */
  commit(request: CommitRequest): void {
    this.#worker?.postMessage(
      request,
      request.kept.map(({ text }) => text.buffer),
    );
  }

  async page(request: PageRequest): Promise<Page> {
    const { page } = await this.ask(request);
    if (page === undefined) throw new LogError('io', 'the writer thread of the log answered without a page');
    return page;
  }

  ask(question: Question): Promise<Answer> {
    if (this.#ended || this.#worker === undefined) return Promise.reject(new LogError('closed', 'the log is closed'));
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#post({ kind: 'ask', id, question });
    });
  }

  #post(request: Request): void {
    this.#worker?.postMessage(request);
  }

  /** Closes the file and ends the thread. */
  async stop(): Promise<void> {
    const worker = this.#worker;
    if (worker === undefined) return;
    const exited = new Promise((resolve) => worker.once('exit', resolve));
    const closed = this.ask({ kind: 'close' });
    this.#worker = undefined;
    try {
      await closed;
      await exited;
    } finally {
      await worker.terminate();
    }
  }
}
