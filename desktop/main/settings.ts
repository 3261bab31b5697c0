import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';

const WindowState = Type.Object({
  x: Type.Optional(Type.Number()),
  y: Type.Optional(Type.Number()),
  width: Type.Number(),
  height: Type.Number(),
  maximized: Type.Boolean(),
});
export type WindowState = Static<typeof WindowState>;

/** What the app keeps for a user of this computer. No secrets: they are in the sign-in file (token-store.ts). */
const Settings = Type.Object({
  server: Type.Optional(Type.String({ description: 'origin of the daemon' })),
  account: Type.Optional(Type.Object({ login: Type.String(), agency: Type.String(), subject: Type.String() })),
  window: Type.Optional(WindowState),
  language: Type.Optional(
    Type.Union([Type.Literal('en'), Type.Literal('hi')], { description: 'of the page that spoke last' }),
  ),
  mapOrigins: Type.Optional(
    Type.Array(Type.String(), { description: 'where the map of this server comes from, for the content policy' }),
  ),
  cacheDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 3650, description: 'days that trails are kept' })),
  cacheMegabytes: Type.Optional(Type.Integer({ minimum: 10, maximum: 100_000, description: 'of trails at most' })),
  updateFeed: Type.Optional(
    Type.String({ pattern: '^https://', description: 'folder of the releases; without it nothing is looked for' }),
  ),
});
export type Settings = Static<typeof Settings>;
const check = Compile(Settings);

/** The settings file. What cannot be read is begun anew: nothing in it is worth a window that does not open. */
export class SettingsFile {
  #path: string;
  #settings: Settings | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  get(): Settings {
    this.#settings ??= this.#read();
    return this.#settings;
  }

  /** Changes some settings; `undefined` removes one. Written whole or not at all. */
  set(change: { [K in keyof Settings]?: Settings[K] | undefined }): void {
    const next: Record<string, unknown> = { ...this.get() };
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) delete next[name];
      else next[name] = value;
    }
    this.#settings = next as Settings;
    mkdirSync(dirname(this.#path), { recursive: true });
    writeFileSync(`${this.#path}.new`, `${JSON.stringify(next, undefined, 2)}\n`, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  #read(): Settings {
    try {
      const stored: unknown = JSON.parse(readFileSync(this.#path, 'utf8'));
      return check.Check(stored) ? stored : {};
    } catch {
      return {};
    }
  }
}
