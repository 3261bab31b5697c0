import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { why } from '../../protocol/refusal-text.ts';
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
  FST_ERR_CTP_INVALID_JSON_BODY: () => new Problem(400, 'not-json', why('body-not-json')),
  FST_ERR_CTP_EMPTY_JSON_BODY: () => new Problem(400, 'not-json', why('body-empty')),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: () => new Problem(400, 'bad-request', why('body-length')),
  FST_ERR_CTP_BODY_TOO_LARGE: () => new Problem(413, 'too-large', why('body-too-large')),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () => new Problem(415, 'unsupported-media-type', why('body-type')),
  FST_ERR_BAD_URL: () => new Problem(400, 'bad-request', why('address-malformed')),
  FST_ERR_MAX_PARAM_LENGTH: () => notFound(),
};

export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof LogError) {
    return new Problem(503, 'log-unavailable', why('cannot-keep'), {
      headers: { 'retry-after': '5' },
    });
  }
  if (error instanceof Unanswered) return unanswered(error);
  const { code, statusCode } = (error ?? {}) as Partial<FastifyError>;
  const known = code === undefined ? undefined : framework[code];
  if (known) return known();
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return statusCode === 404 ? notFound() : new Problem(statusCode, 'bad-request', why('not-acceptable'));
  }
  return new Problem(500, 'internal', why('internal'));
}

/** What is not known is said to be so, and where it can be asked. */
function unanswered({ kind, request, makesKey }: Unanswered): Problem {
  const ask = request === undefined ? '' : ` Ask GET /api/requests/${request} before you try again.`;
  const key = makesKey ? ' The key in it is shown to nobody: make a new one for the device once it is there.' : '';
  const reason = {
    undecided: why('undecided', { ask, key }),
    unfinished: why('unfinished', { key }),
    busy: why('busy'),
  }[kind];
  return new Problem(503, kind, reason, { headers: { 'retry-after': '5' }, request });
}

/** The same for what is no HTTP at all, where there is no request yet: a raw answer on the socket. */
export function rawProblem(code: string | undefined): string {
  let problem = new Problem(400, 'bad-request', why('not-http'));
  if (code === 'HPE_HEADER_OVERFLOW') problem = new Problem(431, 'header-too-large', why('headers-too-large'));
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') problem = new Problem(408, 'timeout', why('request-late'));
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
