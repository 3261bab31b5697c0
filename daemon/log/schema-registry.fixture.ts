import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import avsc from 'avsc';

interface Version {
  id: number;
  schemaType: string;
  schema: string;
}
type Answer = [status: number, body: object, headers?: Record<string, string>];

/**
 * For tests: a registry on loopback that answers as Confluent's API reference says, for what a client that registers
 * schemas meets. Compatibility is BACKWARD (its default) and checked for Avro.
 * https://docs.confluent.io/platform/current/schema-registry/develop/api.html
 */
export class TestRegistry {
  readonly subjects = new Map<string, Version[]>();
  readonly requests: { path: string; authorization: string | undefined; type: string | undefined }[] = [];
  /** answered instead of doing anything, one per request */
  readonly next: Answer[] = [];
  /** `user:password` that must come with each request */
  credentials: string | undefined;
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  /** Answers its address. `port`: that of one that was stopped before. */
  async start(port = 0): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const part of request) text += part;
    const { authorization } = request.headers;
    this.requests.push({ path: request.url ?? '', authorization, type: request.headers['content-type'] });
    const [status, body, headers] =
      this.next.shift() ?? this.#refusal(authorization) ?? this.#done(request.url ?? '', text);
    const type = 'application/vnd.schemaregistry.v1+json';
    response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
  }

  #refusal(authorization: string | undefined): Answer | undefined {
    if (this.credentials === undefined) return undefined;
    const right = `Basic ${Buffer.from(this.credentials).toString('base64')}`;
    return authorization === right ? undefined : [401, { error_code: 401, message: 'Unauthorized' }];
  }

  #done(path: string, text: string): Answer {
    const given = JSON.parse(text) as { schema: string; schemaType?: string };
    const { schema, schemaType = 'AVRO' } = given;
    const invalid = whyInvalid(schemaType, schema);
    if (invalid !== undefined) return [422, { error_code: 42201, message: `Invalid schema: ${invalid}` }];
    const [, register] = /^\/subjects\/([^/]+)\/versions$/.exec(path) ?? [];
    const [, compare] = /^\/compatibility\/subjects\/([^/]+)\/versions\/latest\?verbose=true$/.exec(path) ?? [];
    const versions = this.subjects.get(decodeURIComponent(register ?? compare ?? '')) ?? [];
    const why = whyIncompatible(schemaType, schema, versions.at(-1)?.schema);
    if (compare !== undefined) {
      if (versions.length === 0) return [404, { error_code: 40401, message: 'Subject not found.' }];
      return [200, { is_compatible: why === undefined, messages: why === undefined ? [] : [why] }];
    }
    if (register === undefined) return [404, { error_code: 404, message: 'HTTP 404 Not Found' }];
    const known = versions.find((version) => version.schema === schema);
    if (known !== undefined) return [200, { id: known.id }];
    if (why !== undefined) {
      return [409, { error_code: 409, message: 'Schema being registered is incompatible with an earlier schema' }];
    }
    const id = this.requests.length;
    this.subjects.set(decodeURIComponent(register), [...versions, { id, schemaType, schema }]);
    return [200, { id }];
  }
}

function whyInvalid(schemaType: string, schema: string): string | undefined {
  try {
    if (schemaType === 'AVRO') avsc.Type.forSchema(JSON.parse(schema));
    else JSON.parse(schema);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

function whyIncompatible(schemaType: string, schema: string, latest: string | undefined): string | undefined {
  if (latest === undefined || schemaType !== 'AVRO') return undefined;
  try {
    avsc.Type.forSchema(JSON.parse(schema)).createResolver(avsc.Type.forSchema(JSON.parse(latest)));
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
