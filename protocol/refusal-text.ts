import type { OrderState } from './order.ts';
import { orderLines } from './refusals/orders.ts';
import { requestLines } from './refusals/requests.ts';
import { rowLines } from './refusals/rows.ts';
import { thingLines } from './refusals/things.ts';

/**
 * Every sentence with which the daemon refuses something, by its code. The daemon says it in English, with the code and
 * what stands in the sentence beside it; whoever shows it to people says it in their language. A refusal that is not
 * in here does not compile, and neither does a sentence that lacks a language.
 */
export const refusalLines = { ...requestLines, ...orderLines, ...thingLines, ...rowLines } as const;
export type RefusalCode = keyof typeof refusalLines;
export type RefusalParams = Readonly<Record<string, string | number>>;

/** Why something is refused. */
export interface Why {
  code: RefusalCode;
  params: RefusalParams;
  /** what of the request it is about, as `muted.3.until` */
  field?: string;
}

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never;
type ParamsOf<Code extends RefusalCode> = Record<NamesIn<(typeof refusalLines)[Code]['en']>, string | number>;

/** A refusal's sentence with what stands in it. */
export function why<Code extends RefusalCode>(
  code: Code,
  ...[params]: keyof ParamsOf<Code> extends never ? [] : [params: ParamsOf<Code>]
): Why {
  return { code, params: params ?? {} };
}

/** The same, said of one field of what was sent. */
export function whyAt(field: string, reason: Why): Why {
  return { ...reason, field };
}

/** The code of a refusal and what stands in its sentence, as an answer carries them. */
export function said({ code, params }: Why): { code: RefusalCode; params?: RefusalParams } {
  return Object.keys(params).length === 0 ? { code } : { code, params };
}

const statesInHindi: Record<OrderState, string> = {
  booked: 'बुक',
  assigned: 'फेरे में',
  'out-for-delivery': 'डिलीवरी पर',
  delivered: 'दिया गया',
  failed: 'नहीं दिया जा सका',
  cancelled: 'रद्द',
};

/** The sentence in a language; undefined: a code of a newer daemon. In English it has neither capital nor full stop yet. */
export function refusalText(
  { code, params = {} }: { code?: string | undefined; params?: RefusalParams | undefined },
  language: 'en' | 'hi',
): string | undefined {
  if (code === undefined || !Object.hasOwn(refusalLines, code)) return undefined;
  const line = refusalLines[code as RefusalCode][language];
  return line.replaceAll(/\{(\w+)(:order)?\}/g, (_all, name: string, asState?: string) => {
    const value = String(params[name] ?? '?');
    return asState === undefined ? value : (statesInHindi[value as OrderState] ?? value);
  });
}

/** What a problem (RFC 9457) of the daemon says, in a language; its own English where that is all there is. */
export function problemText(
  problem: {
    code?: string | undefined;
    params?: RefusalParams | undefined;
    detail?: string | undefined;
    title?: string | undefined;
  },
  language: 'en' | 'hi',
): string | undefined {
  const own = problem.detail ?? problem.title;
  return language === 'en' ? own : (refusalText(problem, language) ?? own);
}
