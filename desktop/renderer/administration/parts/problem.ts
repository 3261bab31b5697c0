import { problemText, type RefusalParams } from '../../../../protocol/refusal-text.ts';
import { Refused } from '../../session.ts';
import { language } from '../../words.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';

/** One of the daemon's `errors[]`. */
export interface FieldError {
  /** JSON pointer into the body (`/capacity/full`), or the name of a parameter (`query/from`) */
  path: string;
  rule: string;
  message: string;
  code?: string;
  params?: RefusalParams;
}

/** What went wrong, as a form needs it. */
export interface Trouble {
  text: string;
  errors: readonly FieldError[];
  /** a change came too late: the thing as it is now */
  current?: unknown;
}

export function troubleOf(error: unknown): Trouble {
  const say = spoken(sharedWords);
  if (error instanceof TypeError) return { text: say.unreachable, errors: [] };
  if (!(error instanceof Refused)) return { text: error instanceof Error ? error.message : String(error), errors: [] };
  const { errors, current } = (error.problem ?? {}) as { errors?: FieldError[]; current?: unknown };
  const known: Record<number, string> = { 403: say.forbidden, 404: say.gone, 412: say.conflict, 429: say.tooMuch };
  // The daemon says why a password is not right as a 403 of its own kind.
  const type = (error.problem as { type?: string } | undefined)?.type ?? '';
  const text = type.endsWith('wrong-credentials') ? undefined : known[error.status];
  return {
    text: text ?? say.problem(error.message),
    errors: errors ?? [],
    ...(error.status === 412 && current !== undefined ? { current } : {}),
  };
}

/**
 * Which field of a form each error belongs to: its own, else the nearest around it, else the first one within. What
 * belongs to none is left, so that nothing is swallowed.
 */
export function placeErrors(
  errors: readonly FieldError[],
  fields: readonly string[],
): { at: ReadonlyMap<string, FieldError>; rest: readonly FieldError[] } {
  const at = new Map<string, FieldError>();
  const rest: FieldError[] = [];
  for (const error of errors) {
    const path = error.path.replace(/^(\/|query\/)/, '');
    const around = fields.filter((field) => path.startsWith(`${field}/`)).sort((a, b) => b.length - a.length);
    const field =
      fields.find((each) => each === path) ?? around[0] ?? fields.find((each) => each.startsWith(`${path}/`));
    if (field === undefined || path === '') rest.push(error);
    else if (!at.has(field)) at.set(field, error);
  }
  return { at, rest };
}

/** The line under a field. */
export function errorText({ rule, message, code, params }: FieldError): string {
  return problemText({ code, params, detail: spoken(sharedWords).rules(rule, message) }, language) ?? message;
}
