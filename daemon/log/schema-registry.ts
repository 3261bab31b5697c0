import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Service } from '../lifecycle.ts';
import type { RegistryAddress } from './schema-registry-address.ts';

export interface SchemaRegistrationDeps {
  address: RegistryAddress;
  /** what the names of our topics begin with */
  prefix: string;
  logger: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** where the published schemas are */
  folder?: URL;
  /** waits before trying again: ms, and what ends the wait */
  wait?: (ms: number, signal: AbortSignal) => Promise<void>;
  random?: () => number;
}

interface Subject {
  name: string;
  schemaType: 'JSON' | 'AVRO';
  schema: string;
}

/** ms: the first wait at most, any later one at most, and the longest a request may take */
const firstWait = 1000;
const longestWait = 60_000;
const patience = 10_000;

/** The registry does not answer, or not now: to be tried again. */
class Away extends Error {}
/** The registry says no, and would say so again. */
class Refused extends Error {}

/**
 * Registers the published schemas with a registry that speaks Confluent's API, so that others find them there and it
 * can guard them. A topic has two subjects: `TOPIC-value` with the JSON Schema, because the values are JSON, and
 * `TOPIC-value-avro` with the Avro schema of the same data.
 *
 * All of it happens beside the daemon's work: nothing waits for the registry, and what it refuses is told and no more.
 */
export class SchemaRegistration implements Service {
  readonly name = 'schema registry';
  readonly #deps: SchemaRegistrationDeps;
  readonly #stopping = new AbortController();
  #work: Promise<void> | undefined;
  #registered = 0;
  #problem: string | undefined;

  constructor(deps: SchemaRegistrationDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#work = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
  }

  /** How many subjects are registered, and what is wrong in one line. */
  status(): { registered: number; problem?: string } {
    return { registered: this.#registered, ...(this.#problem === undefined ? {} : { problem: this.#problem }) };
  }

  /** Resolves when every subject is registered or refused, or after `stop`. */
  get done(): Promise<void> {
    return this.#work ?? Promise.resolve();
  }

  async #run(): Promise<void> {
    const { address, logger } = this.#deps;
    const refused: string[] = [];
    try {
      const waiting = await this.#subjects();
      for (let failures = 0; waiting.length > 0; failures++) {
        const away = await this.#registerAll(waiting, refused);
        if (away === undefined) break;
        this.#problem = [`schema registry ${address.url}: ${away}; tried again`, ...refused].join('; ');
        if (failures === 0) logger.warn(this.#problem);
        await this.#wait(failures);
      }
      this.#problem = refused.length === 0 ? undefined : refused.join('; ');
      logger.info(`schemas registered at ${address.url}: ${this.#registered}`);
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      this.#problem = `the schemas could not be registered: ${(error as Error).message}`;
      logger.error(this.#problem);
    }
  }

  /** Takes from `waiting` what was settled; answers why it could not go on. */
  async #registerAll(waiting: Subject[], refused: string[]): Promise<string | undefined> {
    for (let [subject] = waiting; subject !== undefined; [subject] = waiting) {
      try {
        await this.#register(subject);
        this.#registered++;
      } catch (error) {
        if (error instanceof Away) return error.message;
        if (!(error instanceof Refused)) throw error;
        refused.push(error.message);
        this.#deps.logger.error(error.message);
      }
      waiting.shift();
    }
    return undefined;
  }

  async #register({ name, schemaType, schema }: Subject): Promise<void> {
    const body = { schemaType, schema };
    // A schema that is registered already is found again, also when a newer one has followed it.
    const { status, said } = await this.#post(`/subjects/${encodeURIComponent(name)}/versions`, body);
    if (status === 200) return;
    const told = `schema registry ${this.#deps.address.url}`;
    if (status === 409) {
      const why = (await this.#whyIncompatible(name, body)) ?? said;
      throw new Refused(`${told}: ${name} may not follow the version it has: ${why}`);
    }
    if (status === 422) throw new Refused(`${told} does not take the ${schemaType} schema of ${name}: ${said}`);
    if (status === 401 || status === 403) {
      throw new Refused(`${told} does not let this daemon register ${name} (${status}): check user and password`);
    }
    throw new Refused(`${told} answers ${status} for ${name}: ${said}`);
  }

  /** What in the schema may not follow the newest version, where the registry says it. */
  async #whyIncompatible(name: string, body: object): Promise<string | undefined> {
    const path = `/compatibility/subjects/${encodeURIComponent(name)}/versions/latest?verbose=true`;
    const { json } = await this.#post(path, body);
    const { messages } = (json ?? {}) as { messages?: unknown };
    return Array.isArray(messages) && messages.length > 0 ? brief(messages.join('; ')) : undefined;
  }

  async #post(path: string, body: object): Promise<{ status: number; said: string; json?: unknown }> {
    const { url, authorization } = this.#deps.address;
    const signal = AbortSignal.any([this.#stopping.signal, AbortSignal.timeout(patience)]);
    const headers = {
      'content-type': 'application/vnd.schemaregistry.v1+json',
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(authorization === undefined ? {} : { authorization }),
    };
    let status: number;
    let text: string;
    try {
      // A redirect would turn the POST into a GET, and take the password elsewhere.
      const response = await fetch(url + path, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
        redirect: 'manual',
        signal,
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      this.#stopping.signal.throwIfAborted();
      throw new Away(`no answer (${reasonOf(error)})`);
    }
    const json = parsed(text);
    const { message } = (json ?? {}) as { message?: unknown };
    const said = brief(typeof message === 'string' ? message : text);
    if (status >= 500 || status === 429 || status === 408) throw new Away(`it answers ${status}: ${said}`);
    return { status, said, json };
  }

  async #subjects(): Promise<Subject[]> {
    const { prefix, folder = new URL('../../protocol/schemas/', import.meta.url) } = this.#deps;
    const subjects: Subject[] = [];
    for (const file of (await readdir(folder)).sort()) {
      const [, name, ending] = /^vantrail(\..+)\.(schema\.json|avsc)$/.exec(file) ?? [];
      if (name === undefined) continue;
      const schema = JSON.stringify(JSON.parse(await readFile(new URL(file, folder), 'utf8')));
      const topic = `${prefix}${name}`;
      if (ending === 'avsc') subjects.push({ name: `${topic}-value-avro`, schemaType: 'AVRO', schema });
      else subjects.push({ name: `${topic}-value`, schemaType: 'JSON', schema });
    }
    return subjects;
  }

  #wait(failures: number): Promise<void> {
    const { wait = quietPause, random = Math.random } = this.#deps;
    const most = Math.min(longestWait, firstWait * 2 ** Math.min(failures, 10));
    // never less than half of it: nobody waits for us, and a registry that starts has enough to do
    return wait(Math.ceil((most * (1 + random())) / 2), this.#stopping.signal);
  }
}

/** A wait that does not keep the process alive. */
const quietPause = (ms: number, signal: AbortSignal): Promise<void> => pause(ms, undefined, { signal, ref: false });

function reasonOf(error: unknown): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === 'TimeoutError') return `within ${patience / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Registries put whole schemas into their messages. */
const brief = (text: string): string => (text.length <= 500 ? text : `${text.slice(0, 499)}…`);
