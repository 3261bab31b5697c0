import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { breaks } from './compatible.ts';
import { printed } from './json-schema.ts';
import type { Published } from './published.ts';

type Schemas = Pick<Published, 'json' | 'avro'>;

/**
 * The checked-in schemas:
 *
 *   NAME.schema.json  NAME.avsc               what the TypeBox schemas say now
 *   released/NAME.1.schema.json  …1.avsc  …   what programs outside may have been made for; never changed
 */
export class SchemaFolder {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Names of files that are not what the schemas say now. */
  stale(all: readonly Published[]): string[] {
    return all.flatMap((one) => {
      const texts = textsOf(one);
      const files = Object.entries(texts).map(([ending, text]) => ({ file: `${one.name}${ending}`, text }));
      return files.filter(({ file, text }) => this.#text(file) !== text).map(({ file }) => file);
    });
  }

  /** What keeps the schemas from following the checked-in ones, released and present, as `NAME revision: why`. */
  breaks(all: readonly Published[]): string[] {
    return all.flatMap((one) =>
      this.#earlier(one.name).flatMap(({ called, schemas }) => breaks(schemas, one).map((why) => `${called}: ${why}`)),
    );
  }

  /** Writes the files; those of `breaks` must have been looked at before. */
  write(all: readonly Published[]): void {
    for (const one of all) this.#write(one.name, one);
  }

  /** Keeps what is checked in now as a revision of its own, where it differs from the newest one; returns their names. */
  release(): string[] {
    return this.#names().flatMap((name) => {
      const newest = this.#revisions(name).at(-1) ?? 0;
      const present = this.#read(name);
      if (newest > 0 && same(this.#read(revisionOf(name, newest)), present)) return [];
      this.#write(revisionOf(name, newest + 1), present);
      return [`${name}.${newest + 1}`];
    });
  }

  /** Published names that have a file but no schema any more. */
  gone(all: readonly Published[]): string[] {
    const names = new Set(all.map(({ name }) => name));
    return this.#names().filter((name) => !names.has(name));
  }

  #earlier(name: string): { called: string; schemas: Schemas }[] {
    const released = this.#revisions(name).map((revision) => revisionOf(name, revision));
    const present = existsSync(join(this.#folder, `${name}.avsc`)) ? [name] : [];
    return [...released, ...present].map((called) => ({ called, schemas: this.#read(called) }));
  }

  #revisions(name: string): number[] {
    const folder = join(this.#folder, 'released');
    if (!existsSync(folder)) return [];
    return readdirSync(folder)
      .flatMap((file) =>
        file.startsWith(`${name}.`) ? (/^\.(\d+)\.avsc$/.exec(file.slice(name.length))?.[1] ?? []) : [],
      )
      .map(Number)
      .sort((a, b) => a - b);
  }

  #names(): string[] {
    return readdirSync(this.#folder).flatMap((file) => /^(.*)\.avsc$/.exec(file)?.[1] ?? []);
  }

  #read(name: string): Schemas {
    const json = JSON.parse(readFileSync(join(this.#folder, `${name}.schema.json`), 'utf8')) as Schemas['json'];
    const avro = JSON.parse(readFileSync(join(this.#folder, `${name}.avsc`), 'utf8')) as Schemas['avro'];
    return { json, avro };
  }

  #write(name: string, schemas: Schemas): void {
    for (const [ending, text] of Object.entries(textsOf(schemas))) {
      const file = join(this.#folder, `${name}${ending}`);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }

  #text(file: string): string | undefined {
    const path = join(this.#folder, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  }
}

const revisionOf = (name: string, revision: number): string => join('released', `${name}.${revision}`);
const textsOf = ({ json, avro }: Schemas): Record<string, string> => ({
  '.schema.json': `${printed(json)}\n`,
  '.avsc': `${printed(avro)}\n`,
});
const same = (a: Schemas, b: Schemas): boolean => JSON.stringify([a.json, a.avro]) === JSON.stringify([b.json, b.avro]);
