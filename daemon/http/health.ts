import { Type } from 'typebox';
import type { App } from './validation.ts';

/** One reason why the daemon is not ready, as a line for a person; null: that part is well. */
export type Check = () => string | null;

export interface HealthDeps {
  checks: readonly Check[];
  version: string;
}

const Alive = Type.Object({ status: Type.Literal('ok'), version: Type.String() });
const Readiness = Type.Object({
  ready: Type.Boolean(),
  reasons: Type.Array(Type.String(), { description: 'in full on the admin port' }),
});

/** The reasons why it is not ready now. A check that throws is itself a reason. */
function reasonsOf(checks: readonly Check[]): string[] {
  const reasons: string[] = [];
  for (const check of checks) {
    try {
      const reason = check();
      if (reason !== null) reasons.push(reason);
    } catch (error) {
      reasons.push(`a check failed: ${(error as Error).message}`);
    }
  }
  return reasons;
}

/**
 * `/healthz`: the process answers. `/readyz`: it can do its work, or 503. To the public the reasons are counted, not
 * told (they name files and disks); the admin port tells them in full.
 */
export function healthRoutes(deps: HealthDeps, audience: 'public' | 'admin') {
  return async (app: App): Promise<void> => {
    const config = { access: 'public', rateLimit: false } as const;
    app.get(
      '/healthz',
      { config, schema: { tags: ['health'], summary: 'Whether the daemon is alive', response: { 200: Alive } } },
      async (_request, reply) => {
        reply.header('cache-control', 'no-store');
        return { status: 'ok' as const, version: deps.version };
      },
    );
    app.get(
      '/readyz',
      {
        config,
        schema: {
          tags: ['health'],
          summary: 'Whether the daemon can do its work',
          response: { 200: Readiness, 503: Readiness },
        },
      },
      async (_request, reply) => {
        reply.header('cache-control', 'no-store');
        const found = reasonsOf(deps.checks);
        const count = found.length === 1 ? '1 part is' : `${found.length} parts are`;
        const told = audience === 'admin' || found.length === 0 ? found : [`${count} not working; see the admin port`];
        return reply.code(found.length === 0 ? 200 : 503).send({ ready: found.length === 0, reasons: told });
      },
    );
  };
}
