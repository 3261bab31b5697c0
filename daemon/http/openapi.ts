import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import { Type } from 'typebox';
import type { Access } from './access.ts';
import type { App } from './validation.ts';

/** What stands in the sentence of a code, by name. */
const SentenceParams = Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]));

const ProblemSchema = Type.Object(
  {
    type: Type.String({ description: 'stable; compare this' }),
    status: Type.Integer(),
    title: Type.String(),
    detail: Type.String({ description: 'for a person' }),
    code: Type.String({ description: 'of the sentence in `detail`; stable, for who says it in another language' }),
    params: Type.Optional(SentenceParams),
    requestId: Type.Optional(
      Type.String({ description: "of the HTTP request, for finding its line in the daemon's log" }),
    ),
    errors: Type.Optional(
      Type.Array(
        Type.Object({
          path: Type.String(),
          rule: Type.String(),
          message: Type.String(),
          code: Type.Optional(Type.String()),
          params: Type.Optional(SentenceParams),
        }),
      ),
    ),
    current: Type.Optional(Type.Unknown({ description: 'the state now, where a change came too late' })),
    request: Type.Optional(
      Type.String({ description: 'a command whose outcome is not known yet: ask `GET /api/requests/{id}`' }),
    ),
  },
  { $id: 'Problem', description: 'RFC 9457' },
);

/** Registered before the routes: it collects them as they are declared. */
export async function openapi(app: App, version: string): Promise<void> {
  const options: FastifyDynamicSwaggerOptions = {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Vantrail',
        version,
        description:
          'Real-time dispatch for gas agencies. Times in JSON are UTC milliseconds; queries also take ISO 8601. ' +
          'Errors are RFC 9457 problems with a stable `type`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'people and services' },
          device: { type: 'http', scheme: 'basic', description: 'username and key of a device' },
        },
      },
    },
    transform: ({ schema, url, route }) => {
      const { access } = route.config ?? {};
      const response = { ...(schema?.response as object | undefined), default: problemAnswer };
      const withSecurity = access === undefined ? {} : { security: securityOf(access) };
      // The plugin for WebSockets hides its routes; who reads about the others wants to know of the feed too.
      const shown = 'websocket' in route && route.websocket === true ? { hide: false } : {};
      return { schema: marked({ ...schema, ...withSecurity, ...shown, response }) as object, url };
    },
    // The schemas name themselves; each is written once and pointed to.
    transformObject: (document) => {
      if (!('openapiObject' in document)) throw new TypeError('the document is no OpenAPI');
      const schemas: Record<string, object> = {};
      const object = named(document.openapiObject, schemas) as typeof document.openapiObject;
      return { ...object, components: { ...object.components, schemas } } as typeof document.openapiObject;
    },
  };
  await app.register(swagger, options);
}

const problemAnswer = {
  description: 'A problem (RFC 9457)',
  content: { 'application/problem+json': { schema: ProblemSchema } },
};

function securityOf(access: Access): Record<string, string[]>[] {
  if (access === 'public') return [];
  if (access === 'operator') return [{ bearer: [] }];
  return [...(access.roles ? [{ bearer: [] }] : []), ...(access.device ? [{ device: [] }] : [])];
}

/** The plugin drops `$id`; under this name it comes through. */
const mark = 'x-schema';

function marked(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(marked);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key === '$id' ? mark : key, marked(item)]));
}

/** A copy in which every schema that has a name stands in `schemas` and a reference in its place. */
function named(value: unknown, schemas: Record<string, object>): unknown {
  if (Array.isArray(value)) return value.map((item) => named(item, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) if (key !== mark) copy[key] = named(item, schemas);
  const name: unknown = (value as Record<string, unknown>)[mark];
  if (typeof name !== 'string') return copy;
  schemas[name] = copy;
  return { $ref: `#/components/schemas/${name}` };
}

/** The document itself and the page that shows it. */
export async function openapiRoutes(app: App): Promise<void> {
  const config = { access: 'public' } as const;
  app.get(
    '/api/openapi.json',
    {
      config,
      schema: {
        tags: ['documentation'],
        summary: 'This document',
        response: { 200: Type.Object({ openapi: Type.String() }, { additionalProperties: true }) },
      },
    },
    async (_request, reply) => {
      reply.header('cache-control', 'no-cache');
      return app.swagger() as unknown as { openapi: string };
    },
  );
  await app.register(async (scope) => {
    scope.addHook('onRoute', (route) => {
      route.config = { ...route.config, ...config, rateLimit: false };
    });
    await scope.register(swaggerUi, {
      routePrefix: '/api/docs',
      uiConfig: { url: '/api/openapi.json', docExpansion: 'list', tryItOutEnabled: false },
      validatorUrl: false,
    });
  });
}
