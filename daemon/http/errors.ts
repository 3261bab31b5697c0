import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { LogError } from '../log/log.ts';
import { Unanswered } from '../project/unanswered.ts';
import { notFound, PROBLEM_TYPE, Problem } from './problem.ts';

/**
 * The boundary: whatever a route throws becomes a problem here, and what is our own fault is logged here, once. Its
 * text never leaves the house; the answer carries the request's id, by which its line in the log is found.
 */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const problem = problemOf(error);
  if (problem.status < 500) return send(problem, reply);
  // Only what nobody foresaw; a Problem of status 503 is an ordinary answer and readiness has its reason.
  if (!(error instanceof Problem)) request.log.error({ err: error, route: request.routeOptions.url }, 'request failed');
  return send(problem, reply, request.id);
}

/** Sends a problem as it is. */
export function send(problem: Problem, reply: FastifyReply, requestId?: string): FastifyReply {
  const body = { ...problem.body(), ...(requestId === undefined ? {} : { requestId }) };
  return reply
    .code(problem.status)
    .headers(problem.headers)
    .type(PROBLEM_TYPE)
    .serializer((value: unknown) => JSON.stringify(value))
    .send(body);
}

/** What the framework refuses, in our words; its codes are stable, its texts are not. */
const framework: Readonly<Record<string, () => Problem>> = {
  // Its parser also refuses what could become a prototype, and does not say which of the two it was.
  FST_ERR_CTP_INVALID_JSON_BODY: () =>
    new Problem(400, 'not-json', 'The body is not JSON, or has a name in it that may not be (__proto__, constructor).'),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Problem(400, 'not-json', 'The body is empty.'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () =>
    new Problem(400, 'bad-request', 'The body is not as long as Content-Length says.'),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem(413, 'too-large', 'The body is larger than is accepted here.'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    new Problem(415, 'unsupported-media-type', 'The body must be JSON (Content-Type: application/json).'),
  FST_ERR_BAD_URL: () => new Problem(400, 'bad-request', 'The address is not a well-formed one.'),
  FST_ERR_MAX_PARAM_LENGTH: () => notFound(),
};

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof LogError) {
    return new Problem(503, 'log-unavailable', 'This cannot be kept now, so nothing was done. Try again.', {
      headers: { 'retry-after': '5' },
    });
  }
  if (error instanceof Unanswered) return unanswered(error);
  const { code, statusCode } = (error ?? {}) as Partial<FastifyError>;
  const known = code === undefined ? undefined : framework[code];
  if (known) return known();
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return statusCode === 404 ? notFound() : new Problem(statusCode, 'bad-request', 'The request is not acceptable.');
  }
  return new Problem(500, 'internal', 'Something went wrong here. It has been noted.');
}

/** What is not known is said to be so, and where it can be asked. */
function unanswered({ kind, request, makesKey }: Unanswered): Problem {
  const ask = request === undefined ? '' : ` Ask GET /api/requests/${request} before you try again.`;
  const key = makesKey ? ' The key in it is shown to nobody: make a new one for the device once it is there.' : '';
  const detail = {
    undecided: `The log has not said yet what became of this. It may still be carried out.${ask}${key}`,
    unfinished: `This was carried out, but what belongs to it could not be kept: look at what is there.${key}`,
    busy: 'Other changes are waiting for the log, so this one was not begun. Try again.',
  }[kind];
  return new Problem(503, kind, detail, { headers: { 'retry-after': '5' }, request });
}

/** The same for what is no HTTP at all, where there is no request yet: a raw answer on the socket. */
export function rawProblem(code: string | undefined): string {
  let problem = new Problem(400, 'bad-request', 'This is not a well-formed HTTP request.');
  if (code === 'HPE_HEADER_OVERFLOW') problem = new Problem(431, 'header-too-large', 'The headers are too large.');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') problem = new Problem(408, 'timeout', 'The request did not arrive in time.');
  const body = JSON.stringify(problem.body());
  return [
    `HTTP/1.1 ${problem.status} ${problem.title}`,
    `content-type: ${PROBLEM_TYPE}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
    '',
    body,
  ].join('\r\n');
}
