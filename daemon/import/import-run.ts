import { setImmediate, setTimeout } from 'node:timers/promises';
import { why } from '../../protocol/refusal-text.ts';
import type { Consumer } from '../../protocol/registry.ts';
import type { Decision, Refusal } from '../domain/decision.ts';
import { type ConsumerRow, importConsumer } from '../domain/import-consumer.ts';
import type { DecisionView } from '../domain/registry-reader.ts';
import type { BatchCommand, BatchCommands } from '../project/batch-commands.ts';
import { fieldReader, type Mapping } from './columns.ts';
import { type consumerColumns, idOfNumber, numbersOf, type RowError, readConsumer, rowError } from './consumer-row.ts';
import { UnreadableList } from './csv.ts';
import type { ImportCounts, ImportReport } from './import-report.ts';
import { type ListFormat, type ListRow, namedCells } from './read-list.ts';

const mostRows = 100_000;
/** Batches under way at once: while some are being committed the next are read and decided. */
const ahead = 16;
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
  abouts: readonly string[];
  done: Promise<ImportReport[]>;
}

/** What a row asks for, and what it came to when it was decided last. */
interface RowCommand extends BatchCommand<Consumer> {
  row: ListRow;
  outcome: 'added' | 'changed' | 'same';
}

/** The rows of an import on their way. */
export class ImportRun {
  readonly #order: ImportOrder;
  readonly #deps: ImportDeps;
  readonly #counts: ImportCounts;
  readonly #header: readonly string[];
  readonly #fieldsOf: ReturnType<typeof fieldReader<keyof typeof consumerColumns>>;
  readonly #numbers: Map<string, string>;
  /** in a dry run, versions of those the list has named already: nothing comes of it that would show them */
  readonly #versions = new Map<string, number>();
  readonly #underWay: Batch[] = [];
  /** whom the batches under way are about */
  readonly #busy = new Set<string>();
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
        const errors = read?.errors ?? [rowError('', why('row-unreadable', { message: row.problem ?? '' }))];
        reports.push(this.#bad(row, errors));
        continue;
      }
      const command = this.#commandOf(row, read.row);
      (this.#unsettled.has(command.about) ? this.#later : commands).push(command);
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
    // Rows about one consumer are taken in the order of the list.
    while (commands.some(({ about }) => this.#busy.has(about))) reports.push(...(await this.#settle()));
    const abouts = commands.map(({ about }) => about);
    for (const about of abouts) this.#busy.add(about);
    const done = this.#order.dryRun ? Promise.resolve(this.#decideOnly(commands)) : this.#append(commands);
    // A failure is met where the batch is waited for.
    done.catch(() => {});
    this.#underWay.push({ abouts, done });
    if (this.#underWay.length >= ahead) reports.push(...(await this.#settle()));
    return reports;
  }

  async #settle(): Promise<ImportReport[]> {
    const batch = this.#underWay.shift();
    if (batch === undefined) return [];
    const reports = await batch.done;
    for (const about of batch.abouts) this.#busy.delete(about);
    return reports;
  }

  #commandOf(row: ListRow, fields: ConsumerRow): RowCommand {
    const about = this.#idOf(fields);
    fields.id = about;
    const decide = importConsumer(this.#order.agency, fields as ConsumerRow & { id: string });
    const command: RowCommand = {
      about,
      row,
      outcome: 'same',
      decide: (view, context) => {
        const decision = decide(view, context);
        if (decision.ok) command.outcome = outcomeOf(decision);
        return decision;
      },
    };
    return command;
  }

  /** The consumer who has this number, else the id that everybody would give him. */
  #idOf({ id, number }: ConsumerRow): string {
    const known = number === undefined ? undefined : this.#numbers.get(number);
    if (known !== undefined) return known;
    // What follows from the number alone need not be remembered.
    if (id === undefined) return this.#freeIdOf(number ?? '');
    if (number !== undefined) this.#numbers.set(number, id);
    return id;
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
    const reports: ImportReport[] = [];
    for (const command of commands) {
      const decision = command.decide(this.#deps.view, context);
      if (decision.ok) {
        const { id, version } = decision.value;
        const known = this.#versions.get(id);
        if (known !== undefined) command.outcome = known === version ? 'same' : 'changed';
        this.#versions.set(id, version);
      }
      this.#count(decision, command, reports);
    }
    return reports;
  }

  async #append(commands: readonly RowCommand[]) {
    const answers = await this.#deps.batch.executeAll(commands, { actor: this.#order.actor });
    const reports: ImportReport[] = [];
    for (const [i, command] of commands.entries()) {
      const answer = answers[i];
      if (answer === undefined) continue;
      if (!answer.ok && answer.kind === 'stale' && !this.#lastTry) {
        this.#later.push(command);
        this.#unsettled.add(command.about);
        continue;
      }
      this.#count(answer, command, reports);
    }
    return reports;
  }

  #count(answer: { ok: true } | Refusal, { row, outcome }: RowCommand, reports: ImportReport[]): void {
    if (answer.ok) {
      this.#counts[outcome]++;
      return;
    }
    const { why: reason, detail } = answer;
    const error = reason === undefined ? { field: '', message: detail } : rowError(reason.field ?? '', reason);
    reports.push(this.#bad(row, [error]));
  }

  #bad(row: ListRow, errors: RowError[]): ImportReport {
    this.#counts.bad++;
    return { type: 'bad', row: row.number, errors, cells: namedCells(this.#header, row) };
  }
}

function outcomeOf({ records: [record] }: Decision<Consumer>): RowCommand['outcome'] {
  if (record === undefined) return 'same';
  return record.topic === 'events' && record.value.type === 'consumer-added' ? 'added' : 'changed';
}
