import type { FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { notFound } from './problem.ts';
import { longestLife, type Tokens } from './tokens.ts';
import type { App } from './validation.ts';

export interface DemoSessionDeps {
  tokens: Pick<Tokens, 'sign'>;
  /** the demo's agency */
  agency: string;
}

const Session = Type.Object({
  accessToken: Type.String(),
  expiresIn: Type.Integer({ description: 's' }),
  agency: Type.String(),
});

/** Who signs in by the demo's door. */
const subject = 'demo';

/**
 * The demo's sign-in: no password, so only for whoever sits at this machine. Exists only with `--demo`, which refuses
 * to start on any other than a loopback address.
 */
export function demoSessionRoutes(deps: DemoSessionDeps) {
  return async (app: App): Promise<void> => {
    app.post(
      '/api/session/demo',
      {
        config: { access: 'public' },
        schema: {
          tags: ['session'],
          summary: 'Sign in as the administrator of the demo agency (with --demo, from this machine)',
          response: { 200: Session },
        },
      },
      async (request, reply) => {
        if (!fromThisMachine(request)) throw notFound();
        reply.header('cache-control', 'no-store');
        const accessToken = await deps.tokens.sign({ subject, role: 'ADMIN', agency: deps.agency });
        return { accessToken, expiresIn: longestLife, agency: deps.agency };
      },
    );
  };
}

/**
 * All three, since each alone can be got around: the connection comes from this machine (the socket's own address, not
 * a header's), the page was loaded under a loopback name (a foreign name that resolves to 127.0.0.1 is somebody's
 * DNS rebinding), and it is our own page that asks (or no page at all: programs send no Origin).
 */
function fromThisMachine(request: FastifyRequest): boolean {
  const peer = request.raw.socket.remoteAddress ?? '';
  if (!/^(::ffff:)?127\.|^::1$/.test(peer)) return false;
  const host = request.raw.headers.host ?? '';
  if (!/^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(host)) return false;
  const { origin } = request.headers;
  if (origin !== undefined) return origin === `http://${host}` || origin === `https://${host}`;
  return ['same-origin', 'none', undefined].includes(String(request.headers['sec-fetch-site'] ?? 'none'));
}
