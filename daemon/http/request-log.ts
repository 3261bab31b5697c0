import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';

/** Where an address carries a secret: links of consumers and drivers in the path, keys of trackers in the query. */
const secretPaths = /^(\/t\/|\/api\/links\/)[^/?]+/;
const secretNames = /([?&](?:id|token|key|password|access_token|device_id)=)[^&]*/gi;

/** An address as it may be logged. */
function loggedUrl(url: string): string {
  return url.replace(secretPaths, '$1…').replace(secretNames, '$1…').slice(0, 300);
}

/**
 * The logger of the HTTP side: requests are logged by address alone, without headers (Authorization, cookies) and
 * with the secrets in the address left out.
 */
export function requestLogger(logger: Logger): Logger {
  return logger.child(
    {},
    {
      redact: { paths: ['authorization', 'headers.authorization', 'headers.cookie', '*.authorization'], censor: '…' },
      serializers: {
        req: (request: FastifyRequest) => ({ method: request.method, url: loggedUrl(request.url ?? '') }),
        res: (reply: FastifyReply) => ({ status: reply.statusCode }),
      },
    },
  );
}

/** One line a request, for who sets the level to debug. */
export async function logRequest(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  request.log.debug(
    {
      method: request.method,
      url: loggedUrl(request.url),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
      ...(request.viewer === null ? {} : { agency: request.viewer.agency, role: request.viewer.role }),
    },
    'request',
  );
}
