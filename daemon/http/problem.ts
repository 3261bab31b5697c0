import {
  type RefusalCode,
  type RefusalParams,
  refusalLines,
  refusalText,
  said,
  type Why,
  why,
} from '../../protocol/refusal-text.ts';

/**
 * A refusal as people and programs read it: RFC 9457 `application/problem+json`. `type` is a stable relative address
 * (`/problems/not-found`); clients compare it, people read `title` and `detail`.
 */
export interface FieldError {
  /** JSON pointer into the body, or the name of the parameter: `/latitude`, `query/from` */
  path: string;
  /** the rule that was broken, as the schema calls it: `maximum`, `type`, `pattern` */
  rule: string;
  message: string;
  /** as in the problem, where the sentence is of one code */
  code?: RefusalCode;
  params?: RefusalParams;
}

export interface ProblemBody {
  type: string;
  status: number;
  title: string;
  detail: string;
  /** the sentence of `detail` and what stands in it, for who says it in another language: `protocol/refusal-text.ts` */
  code: RefusalCode;
  params?: RefusalParams;
  /** the request's id, for finding its line in the log; only where something went wrong on our side */
  requestId?: string;
  errors?: FieldError[];
  /** the state as it is now, where a change was refused because of it */
  current?: unknown;
  /** id of a command whose outcome is not known yet: `GET /api/requests/{id}` */
  request?: string;
}

const TITLES: Readonly<Record<number, string>> = {
  400: 'Bad request',
  401: 'Not signed in',
  403: 'Not allowed',
  404: 'Not found',
  405: 'Method not allowed',
  406: 'Not acceptable',
  408: 'Request took too long',
  409: 'Conflict',
  412: 'Changed in the meantime',
  413: 'Too large',
  414: 'Address too long',
  415: 'Unsupported media type',
  416: 'Range not satisfiable',
  417: 'Expectation failed',
  422: 'Cannot be done',
  428: 'Condition required',
  429: 'Too many requests',
  431: 'Header too large',
  500: 'Internal error',
  501: 'Not implemented',
  503: 'Not available now',
};

/** Thrown by a route to answer with a problem; anything else thrown answers a 500 that hides its text. */
export class Problem extends Error {
  override name = 'Problem';
  readonly status: number;
  readonly type: string;
  readonly title: string;
  readonly why: Why;
  readonly errors: FieldError[] | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly current: unknown;
  readonly request: string | undefined;

  /** `type` is the short name (`not-found`) or a whole address. */
  constructor(
    status: number,
    type: string,
    reason: Why,
    extra: {
      errors?: FieldError[];
      headers?: Record<string, string>;
      title?: string;
      current?: unknown;
      request?: string | undefined;
    } = {},
  ) {
    const text = refusalText(reason, 'en') ?? reason.code;
    super(asTheyAre.has(reason.code) ? text : sentence(text, beginsWithId.test(refusalLines[reason.code].en)));
    this.why = reason;
    this.status = status;
    this.type = type.includes('/') ? type : `/problems/${type}`;
    this.title = extra.title ?? TITLES[status] ?? 'Error';
    this.errors = extra.errors;
    this.headers = extra.headers ?? {};
    this.current = extra.current;
    this.request = extra.request;
  }

  body(): ProblemBody {
    return {
      type: this.type,
      status: this.status,
      title: this.title,
      detail: this.message,
      ...said(this.why),
      ...(this.errors ? { errors: this.errors } : {}),
      ...(this.current === undefined ? {} : { current: this.current }),
      ...(this.request === undefined ? {} : { request: this.request }),
    };
  }
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** The one answer for what does not exist and for what the caller may not see. Nothing in it tells them apart. */
export function notFound(): Problem {
  return new Problem(404, 'not-found', why('not-found'));
}

/** A 400 for one field of a request; `path` as in FieldError, empty: the whole body. */
export function badField(path: string, rule: string, message: string): Problem {
  const where = path === '' ? 'the body' : path;
  return new Problem(400, 'invalid', why('not-as-described', { where, message }), {
    errors: [{ path, rule, message }],
  });
}

/** They begin with the name of a field or of a projection, and other programs know these answers. */
const asTheyAre: ReadonlySet<RefusalCode> = new Set(['fields-wrong', 'replay-refused']);
const beginsWithId = /^\{(id|driver|gateway|zone|key)\}/;

/** With a full stop, and a capital unless it begins with an id; the name of a parameter (`query/to`) stays as it is. */
function sentence(text: string, id: boolean): string {
  const begun = id || /^[a-z]+\//.test(text) ? text : `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return begun.endsWith('.') ? begun : `${begun}.`;
}
