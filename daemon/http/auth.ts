import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Viewer } from '../../protocol/claims.ts';
import { why } from '../../protocol/refusal-text.ts';
import { type Access, type DeviceCaller, mayCall } from './access.ts';
import { Problem } from './problem.ts';

/** Tells who a device is by its user name and key (ingest has it; MQTT and HTTP share one). */
interface DeviceIdentity {
  authenticate(username: string | undefined, key: string | undefined, address: string): DeviceCaller | 'wrong' | 'slow';
}

export interface AuthDeps {
  tokens: { verify(token: string): Promise<Viewer | null> };
  identity: DeviceIdentity;
}

/**
 * Who is calling, in two steps with the rate limit between them: first the credentials are looked at (a limit is per
 * account then, not per office), then, before a byte of the body is read, the route's rule decides.
 */
export function identify({ tokens, identity }: AuthDeps) {
  return async (request: FastifyRequest): Promise<void> => {
    const { access } = request.routeOptions.config;
    if (access === undefined || access === 'public') return;
    const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(' ', 2);
    if (/^bearer$/i.test(scheme)) request.viewer = await tokens.verify(credentials);
    else if (/^basic$/i.test(scheme) && typeof access === 'object' && access.device) {
      const { username, key } = readBasic(credentials);
      const answer = identity.authenticate(username, key, request.ip);
      if (typeof answer === 'object') request.caller = answer;
    }
  };
}

/** Refuses who may not use the route at all. */
export async function authorize(request: FastifyRequest, _reply: FastifyReply): Promise<void> {
  const { access } = request.routeOptions.config;
  if (access === undefined || mayCall(access, request.viewer, request.caller)) return;
  if (request.viewer === null && request.caller === null) throw notSignedIn(access);
  throw new Problem(403, 'forbidden', why('may-not'));
}

/** The same words for no credentials and for wrong ones. */
function notSignedIn(access: Access): Problem {
  // A Basic challenge makes a browser ask for a password, so only the routes of devices send one.
  const onlyDevices = typeof access === 'object' && access.device === true;
  return new Problem(401, 'unauthorized', why('not-signed-in'), {
    headers: { 'www-authenticate': onlyDevices ? 'Bearer, Basic realm="vantrail", charset="UTF-8"' : 'Bearer' },
  });
}

/** Who is signed in, on a route that only a bearer token opens. */
export function signedIn(request: FastifyRequest): Viewer {
  if (request.viewer === null) throw notSignedIn('operator');
  return request.viewer;
}

function readBasic(credentials: string): { username: string | undefined; key: string | undefined } {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { username: undefined, key: undefined };
  return { username: text.slice(0, colon), key: text.slice(colon + 1) };
}

/** `role:subject`, as events name who did something. */
export function actorOf(viewer: Viewer): string {
  return `${viewer.role}:${viewer.subject}`;
}
