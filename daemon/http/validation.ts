import type {
  FastifyBaseLogger,
  FastifyInstance,
  FastifySchemaCompiler,
  FastifyTypeProvider,
  RawReplyDefaultExpression,
  RawRequestDefaultExpression,
  RawServerDefault,
} from 'fastify';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { why } from '../../protocol/refusal-text.ts';
import { type FieldError, Problem } from './problem.ts';

/** Requests and answers have the types of their route's schemas. */
export interface SchemaTypes extends FastifyTypeProvider {
  validator: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
  serializer: this['schema'] extends TSchema ? Static<this['schema']> : unknown;
}

/** The server as the routes see it. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  SchemaTypes
>;

/** The routes of one resource. */
export type Routes = (app: App) => Promise<void>;

const parts: Readonly<Record<string, string>> = {
  body: '',
  querystring: 'query',
  params: 'path',
  headers: 'header',
};

/**
 * Checks requests with the compiled schemas that everything else uses. A body is taken as it is (a number in quotes is
 * no number); queries and paths are text, so `12` becomes a number where one is wanted. At most eight errors are
 * collected, however long the input.
 */
export const validatorCompiler: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const check = Compile(schema);
  const part = parts[httpPart ?? 'body'] ?? '';
  const isText = part !== '';
  return (data: unknown) => {
    const value: unknown = isText ? check.Convert(data) : data;
    if (check.Check(value)) return { value };
    return { error: invalid(part, check.Errors(value)) };
  };
};

/** The schema's answers are for documentation and types; what a handler gives is sent whole. */
export const serializerCompiler = () => (data: unknown) => JSON.stringify(data);

interface SchemaError {
  keyword: string;
  instancePath: string;
  params: object;
  message: string;
}

/** The problem that names the fields a value is wrong in; `part`: empty for a body. */
export function invalid(part: string, found: readonly SchemaError[]): Problem {
  const errors = fieldErrors(found).map((error) => ({ ...error, path: `${part}${error.path}` }));
  const [first] = errors;
  const where = first === undefined || first.path === '' ? 'the body' : first.path;
  const message = first?.message ?? 'is not as described';
  return new Problem(400, 'invalid', why('not-as-described', { where, message }), { errors });
}

/** One line for each wrong field: a union of constants becomes one rule, an unknown field is named. */
function fieldErrors(found: readonly SchemaError[]): FieldError[] {
  const constants = new Map<string, string[]>();
  for (const { keyword, instancePath, params } of found) {
    if (keyword !== 'const' || !('allowedValue' in params)) continue;
    const allowed = constants.get(instancePath) ?? [];
    allowed.push(JSON.stringify(params.allowedValue));
    constants.set(instancePath, allowed);
  }
  const errors: FieldError[] = [...constants].map(([path, allowed]) => ({
    path,
    rule: 'enum',
    message: `must be one of ${allowed.join(', ')}`,
  }));
  for (const { keyword, instancePath: path, params, message } of found) {
    // Said better by the constants above, or by `additionalProperties`.
    if (constants.has(path) || keyword === 'boolean') continue;
    if ('additionalProperties' in params) {
      for (const name of list(params.additionalProperties)) {
        errors.push({ path: `${path}/${name}`, rule: keyword, message: 'is not known here' });
      }
    } else if ('requiredProperties' in params) {
      for (const name of list(params.requiredProperties)) {
        errors.push({ path: `${path}/${name}`, rule: keyword, message: 'is missing' });
      }
    } else errors.push({ path, rule: keyword, message });
  }
  return errors.slice(0, 8);
}

/** Names from the input, cut so that an answer stays small. */
function list(names: unknown): string[] {
  if (!Array.isArray(names)) return [];
  return names.slice(0, 8).map((name) => String(name).slice(0, 100));
}
