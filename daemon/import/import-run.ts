import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Consumer } from '../../protocol/registry.ts';
import { type ConsumerRow, importConsumer } from '../domain/import-consumer.ts';
import type { DecisionView } from '../domain/registry-reader.ts';
import type { BatchCommand, BatchCommands } from '../project/batch-commands.ts';
import { fieldReader, type Mapping } from './columns.ts';
import { type consumerColumns, idOfNumber, numbersOf, type RowError, readConsumer } from './consumer-row.ts';
import { UnreadableList } from './csv.ts';
import type { ImportCounts, ImportReport } from './import-report.ts';
import { type ListFormat, type ListRow, namedCells } from './read-list.ts';

const mostRows = 100_000;
/** Batches under way at once: while some are being committed the next are read and decided. */
const ahead = 8;
/**
 * A change whose personal fields have not come yet (a daemon was killed between the two) can be changed after 10 s
 * (`decide-consumer.ts`). Rows about such consumers wait for the end, and are tried that long, every so many ms.
 */
const tryEvery = 1000;
const mostTries = 15;

export interface ImportDeps {
  view: DecisionView;
  batch: Pick<BatchCommands, 'executeAll'>;
  /** UTC ms */
  now: () => number;
  /** waits ms; a test has its own clock */
  wait?: (ms: number) => Promise<unknown>;
}

export interface ImportOrder {
  agency: string;
  actor: string;
  format: ListFormat;
  /** decide only, append nothing */
  dryRun: boolean;
  /** fields to columns; those that are not named are guessed */
  mapping?: Record<string, string[]>;
}

interface Batch {
  abouts: Set<string>;
  done: Promise<ImportReport[]>;
}

/** What a row asks for. */
interface RowCommand extends BatchCommand<Consumer> {
  row: ListRow;
  before: Consumer | undefined;
}

/** The rows of an import on their way. */
export class ImportRun {
  readonly #order: ImportOrder;
  readonly #deps: ImportDeps;
  readonly #counts: ImportCounts;
  readonly #header: readonly string[];
  readonly #fieldsOf: ReturnType<typeof fieldReader<keyof typeof consumerColumns>>;
  readonly #numbers: Map<string, string>;
  /** versions of those the list has named already */
  readonly #versions = new Map<string, number>();
  readonly #underWay: Batch[] = [];
  /** rows about consumers whose last change is not whole yet, and all later ones about them */
  #later: RowCommand[] = [];
  readonly #unsettled = new Set<string>();
  #lastTry = false;

  constructor(
    order: ImportOrder,
    deps: ImportDeps,
    counts: ImportCounts,
    header: readonly string[],
    mapping: Mapping<keyof typeof consumerColumns>,
  ) {
    this.#order = order;
    this.#deps = deps;
    this.#counts = counts;
    this.#header = header;
    this.#fieldsOf = fieldReader(header, mapping);
    this.#numbers = numbersOf(deps.view.consumers(order.agency));
  }

  /** Takes rows and answers what is bad in them and in those before that have come to their end. */
  async take(rows: readonly ListRow[]): Promise<ImportReport[]> {
    const reports: ImportReport[] = [];
    const commands: RowCommand[] = [];
    for (const row of rows) {
      if (this.#counts.rows >= mostRows) throw new UnreadableList(`a list may have ${mostRows} rows`);
      this.#counts.rows++;
      const read = row.problem === undefined ? readConsumer(this.#fieldsOf(row.cells)) : undefined;
      if (read === undefined || 'errors' in read) {
        const errors = read?.errors ?? [{ field: '', message: row.problem ?? '' }];
        reports.push(this.#bad(row, errors));
        continue;
      }
      const id = this.#idOf(read.row);
      const decide = importConsumer(this.#order.agency, { ...read.row, id });
      const command = { about: id, decide, row, before: this.#deps.view.consumer(this.#order.agency, id) };
      (this.#unsettled.has(id) ? this.#later : commands).push(command);
    }
    reports.push(...(await this.#send(commands)));
    // Others have their turn, also when nothing had to be written.
    await setImmediate();
    return reports;
  }

  /** Comes to the end of all rows. */
  async end(): Promise<ImportReport[]> {
    const reports: ImportReport[] = [];
    const { wait = setTimeout } = this.#deps;
    for (let tries = 0; ; tries++) {
      while (this.#underWay.length > 0) reports.push(...(await this.#settle()));
      const again = this.#later;
      if (again.length === 0) return reports;
      this.#later = [];
      this.#unsettled.clear();
      this.#lastTry = tries >= mostTries;
      await wait(tryEvery);
      for (let first = 0; first < again.length; first += 250) {
        reports.push(...(await this.#send(again.slice(first, first + 250))));
      }
    }
  }

  async #send(commands: readonly RowCommand[]): Promise<ImportReport[]> {
    const reports: ImportReport[] = [];
    const abouts = new Set(commands.map(({ about }) => about));
    // Rows about one consumer are taken in the order of the list.
    const clashes = ({ abouts: others }: Batch) => [...abouts].some((id) => others.has(id));
    while (this.#underWay.some(clashes)) reports.push(...(await this.#settle()));
    const done = this.#order.dryRun ? Promise.resolve(this.#decideOnly(commands)) : this.#append(commands);
    // A failure is met where the batch is waited for.
    done.catch(() => {});
    this.#underWay.push({ abouts, done });
    if (this.#underWay.length >= ahead) reports.push(...(await this.#settle()));
    return reports;
  }

  async #settle(): Promise<ImportReport[]> {
    return (await this.#underWay.shift()?.done) ?? [];
  }

  /** The consumer who has this number, else the id that everybody would give him. */
  #idOf({ id, number }: ConsumerRow): string {
    const known = number === undefined ? undefined : this.#numbers.get(number);
    const found = known ?? id ?? this.#freeIdOf(number ?? '');
    if (number !== undefined) this.#numbers.set(number, found);
    return found;
  }

  #freeIdOf(number: string): string {
    const id = idOfNumber(number);
    const holder = this.#deps.view.consumer(this.#order.agency, id);
    // Somebody else was given this number as an id by hand.
    return holder?.number === undefined || holder.number === number ? id : idOfNumber(`number ${number}`);
  }

  #decideOnly(commands: readonly RowCommand[]) {
    const { actor } = this.#order;
    const context = { actor, now: this.#deps.now(), newId: () => '00000000-0000-4000-8000-000000000000' };
    return commands.flatMap(({ decide, row, before }) => this.#count(decide(this.#deps.view, context), row, before));
  }

  async #append(commands: readonly RowCommand[]) {
    const answers = await this.#deps.batch.executeAll(commands, { actor: this.#order.actor });
    return commands.flatMap((command, i) => {
      const answer = answers[i];
      if (answer === undefined) return [];
      if (!answer.ok && answer.kind === 'stale' && !this.#lastTry) {
        this.#later.push(command);
        this.#unsettled.add(command.about);
        return [];
      }
      return this.#count(answer, command.row, command.before);
    });
  }

  #count(
    answer: { ok: true; value: Consumer } | { ok: false; detail: string },
    row: ListRow,
    before: Consumer | undefined,
  ): ImportReport[] {
    if (!answer.ok) {
      const [, field = '', message = answer.detail] = /^(\w+): (.*)$/s.exec(answer.detail) ?? [];
      return [this.#bad(row, [{ field, message }])];
    }
    const { id, version } = answer.value;
    const known = this.#versions.get(id) ?? before?.version;
    this.#versions.set(id, version);
    if (known === undefined) this.#counts.added++;
    else if (version === known) this.#counts.same++;
    else this.#counts.changed++;
    return [];
  }

  #bad(row: ListRow, errors: RowError[]): ImportReport {
    this.#counts.bad++;
    return { type: 'bad', row: row.number, errors, cells: namedCells(this.#header, row) };
  }
}
