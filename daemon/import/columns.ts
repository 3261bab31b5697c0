import { fold } from '../domain/place-text.ts';

/** Which columns of a list hold which field; several columns of one field are joined with commas. */
export type Mapping<F extends string> = { [K in F]?: string[] };

/** What a field's column may be called, folded (see `fold`); `joins`: several columns may be parts of it. */
export type Vocabulary<F extends string> = Readonly<Record<F, { called: readonly string[]; joins?: true }>>;

export interface Guess<F extends string> {
  mapping: Mapping<F>;
  /** columns that are no field's */
  unused: string[];
}

/** Guesses the fields from a list's header. A field whose own name is there has no other column but that. */
export function guessColumns<F extends string>(header: readonly string[], vocabulary: Vocabulary<F>): Guess<F> {
  const mapping: Mapping<F> = {};
  const taken = new Set<string>();
  for (const [field, { called, joins }] of Object.entries(vocabulary) as [F, Vocabulary<F>[F]][]) {
    const names = [fold(splitWords(field)), ...called];
    const found = names.flatMap((name) => header.filter((column) => nameOf(column) === name && !taken.has(column)));
    const columns = [...new Set(joins ? header.filter((column) => found.includes(column)) : found.slice(0, 1))];
    if (columns.length === 0) continue;
    mapping[field] = columns;
    for (const column of columns) taken.add(column);
  }
  return { mapping, unused: header.filter((column) => !taken.has(column) && column.trim() !== '') };
}

/** What is wrong with a mapping that someone gave, for a list with this header; undefined: nothing. */
export function wrongMapping<F extends string>(
  mapping: Readonly<Record<string, readonly string[]>>,
  header: readonly string[],
  vocabulary: Vocabulary<F>,
): string | undefined {
  for (const [field, columns] of Object.entries(mapping)) {
    if (!Object.hasOwn(vocabulary, field))
      return `${field}: no such field; there are ${Object.keys(vocabulary).join(', ')}`;
    const missing = columns.find((column) => !header.includes(column));
    if (missing !== undefined) return `${field}: the list has no column ${JSON.stringify(missing)}`;
  }
  return undefined;
}

/** Reads the texts of rows by field. An apostrophe that keeps a spreadsheet from running a formula is taken off. */
export function fieldReader<F extends string>(
  header: readonly string[],
  mapping: Mapping<F>,
): (cells: readonly (string | undefined)[]) => { [K in F]?: string } {
  const places = (Object.keys(mapping) as F[]).map((field) => ({
    field,
    at: (mapping[field] ?? []).map((column) => header.indexOf(column)),
  }));
  return (cells) => {
    const fields: { [K in F]?: string } = {};
    for (const { field, at } of places) {
      let text = '';
      for (const i of at) {
        const part = (cells[i] ?? '').trim();
        if (part === '') continue;
        const plain = part.charCodeAt(0) === apostrophe && guarded.test(part) ? part.slice(1) : part;
        text = text === '' ? plain : `${text}, ${plain}`;
      }
      if (text !== '') fields[field] = text;
    }
    return fields;
  };
}
const apostrophe = 0x27;
const guarded = /^'[=+\-@\t\r]/;

function nameOf(column: string): string {
  return fold(splitWords(column));
}

/** `consumerNumber` and `consumer_number` are called like `Consumer number`. */
function splitWords(name: string): string {
  return name.replace(/(?<=\p{Ll})(?=\p{Lu})/gu, ' ');
}
