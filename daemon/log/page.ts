import { newestOnly, type Topic } from '../../protocol/record.ts';
import { readingOrder, tableOf, topicNumber } from './layout.ts';
import type { LogFile } from './log-file.ts';
import { Numbering } from './marks.ts';
import { newestLine, type Row, unpack } from './row.ts';
import type { DamagedRow } from './set-aside.ts';
import { Chain, damagedNewest, damagedRow, newestRowColumns, rowColumns, type StoredNewest } from './verify.ts';
import type { Numbers, Page, PageRequest } from './writer-messages.ts';

/**
 * Bytes of a page: its parsing takes the daemon's thread about four milliseconds. A page ends with a whole commit,
 * so a larger one makes a larger page.
 */
const pageLength = 524_288;
/** A row counts for no less, so that a page of tiny or erased rows ends too. */
const leastLength = 64;

/** The records of one row; no lines when it was damaged. */
interface Entry {
  commit: number;
  topic: Topic;
  lines: Buffer;
  /** of a kept topic: the row, when it was sound */
  row?: Row;
}

interface Run {
  topic: Topic;
  texts: Buffer[];
  numbers?: Numbers[];
}

const nothing = Buffer.alloc(0);

/** Reads one page. Damaged rows are set aside and passed over. */
export function readPage(file: LogFile, request: PageRequest): Page {
  return file.guarded(() => {
    const damaged: DamagedRow[] = [];
    const page = merge(file, request, damaged);
    file.setAside(damaged);
    return page;
  });
}

/** Merges the tables by commit, and within one commit by reading order. */
function merge(file: LogFile, request: PageRequest, damaged: DamagedRow[]): Page {
  const { from, upTo, topics } = request;
  const numbering = request.numbered ? new Numbering(file, from) : undefined;
  const sources = sourcesOf(file, from, upTo, topics, damaged);
  try {
    const runs: Run[] = [];
    let length = 0;
    let to = from;
    const heads = sources.map((source) => source.next());
    for (;;) {
      let least = -1;
      for (let i = 0; i < heads.length; i++) {
        const [head, best] = [heads[i], heads[least]];
        if (head?.done === false && (best === undefined || best.done || head.value.commit < best.value.commit))
          least = i;
      }
      const entry = heads[least]?.value;
      if (entry === undefined) return pageOf(upTo, true, runs, numbering);
      if (entry.commit !== to && length >= pageLength) return pageOf(to, false, runs, numbering);
      to = entry.commit;
      length += Math.max(entry.lines.length, leastLength);
      const numbers = numbering && numbersOf(numbering, entry);
      if (entry.lines.length > 0) {
        let run = runs.at(-1);
        if (run?.topic === entry.topic) run.texts.push(entry.lines);
        else {
          run = { topic: entry.topic, texts: [entry.lines], ...(numbers && { numbers: [] }) };
          runs.push(run);
        }
        if (numbers !== undefined) run.numbers?.push(numbers);
      }
      const next = sources[least]?.next();
      if (next !== undefined) heads[least] = next;
    }
  } finally {
    for (const source of sources) source.return(undefined);
  }
}

function numbersOf(numbering: Numbering, { topic, commit, row }: Entry): Numbers | undefined {
  if (row !== undefined) return numbering.take(topic, row);
  if (!newestOnly.has(topic)) numbering.pass(topic, commit);
  return undefined;
}

function pageOf(to: number, done: boolean, runs: readonly Run[], numbering: Numbering | undefined): Page {
  const page = { to, done, runs: runs.map(({ texts, ...run }) => ({ ...run, json: arrayOf(texts) })) };
  if (numbering === undefined) return page;
  return { ...page, numbered: { after: numbering.at(to), since: numbering.since } };
}

const [openBracket, separator, closeBracket] = [Buffer.from('['), Buffer.from(',\n'), Buffer.from(']')];

/** The lines as one JSON array, in memory of its own, which can be handed to another thread without a copy. */
function arrayOf(texts: readonly Buffer[]): Uint8Array<ArrayBuffer> {
  const length = texts.reduce((sum, text) => sum + text.length + separator.length, 0);
  const array = new Uint8Array(length);
  let at = 0;
  for (const text of texts) {
    array.set(at === 0 ? openBracket : separator, at);
    at += at === 0 ? openBracket.length : separator.length;
    array.set(text, at);
    at += text.length;
  }
  array.set(closeBracket, at);
  return array;
}

type Source = Generator<Entry, undefined, undefined>;

function sourcesOf(
  file: LogFile,
  from: number,
  upTo: number,
  topics: readonly Topic[],
  damaged: DamagedRow[],
): Source[] {
  return readingOrder
    .filter((topic) => topics.includes(topic))
    .map((topic) => (newestOnly.has(topic) ? newestSource : keptSource)(file, topic, from, upTo, damaged));
}

function* keptSource(file: LogFile, topic: Topic, from: number, upTo: number, damaged: DamagedRow[]): Source {
  const select = `SELECT ${rowColumns} FROM ${tableOf(topic)} WHERE commit_number > ? AND commit_number <= ?
    ORDER BY commit_number`;
  const chain = new Chain(file, topic, from);
  for (const row of file.statement(select).iterate(from, upTo) as IterableIterator<Row>) {
    const bad = damagedRow(topic, row);
    if (bad !== undefined) damaged.push(bad);
    chain.follow(row, bad !== undefined);
    if (bad === undefined) yield { commit: row.commit, topic, lines: unpack(row), row };
    else yield { commit: row.commit, topic, lines: nothing };
  }
  if (upTo >= file.head) chain.end(file.counts.of(topic).records);
}

function* newestSource(file: LogFile, topic: Topic, from: number, upTo: number, damaged: DamagedRow[]): Source {
  // The topic is part of the text: statements are kept by their text, and two topics are read at the same time.
  const select = `SELECT ${newestRowColumns} FROM newest
    WHERE topic = ${topicNumber[topic]} AND commit_number > ? AND commit_number <= ? ORDER BY commit_number`;
  const rows = file.statement(select).iterate(from, upTo) as IterableIterator<StoredNewest>;
  for (const row of rows) {
    const bad = damagedNewest(row);
    if (bad !== undefined) damaged.push(bad);
    yield { commit: row.commit, topic, lines: bad === undefined ? Buffer.from(newestLine(row)) : nothing };
  }
}
