import { Compile } from 'typebox/compile';
import type { BridgeError, CallName, Calls, Result } from '../shared/bridge.ts';
import { callNames } from '../shared/bridge.ts';
import { inputs } from '../shared/bridge-inputs.ts';
import { DeskError } from './desk-error.ts';
import { mayNavigate } from './page-policy.ts';

/** Who calls: the window, and the address of the frame that does. */
export interface Caller {
  /** number of the window's contents */
  id: number;
  /** undefined: the frame is gone */
  address: string | undefined;
  isMainFrame: boolean;
}

/** What main does about each call. A name without a handler does not compile. */
export type Handlers = {
  [N in CallName]: (input: Calls[N]['input'], caller: Caller) => Promise<Calls[N]['output']> | Calls[N]['output'];
};

/**
 * Answers calls of pages: only of our own page, in a window's own frame, with an input that is what the bridge says.
 * Whatever happens, the answer is a result; `failed` hears of what nobody expected.
 */
export function bridgeHost(
  handlers: Handlers,
  failed: (name: CallName, error: unknown) => void,
): { names: readonly CallName[]; call(name: CallName, input: unknown, caller: Caller): Promise<Result<unknown>> } {
  const checks = new Map(callNames.map((name) => [name, Compile(inputs[name])]));
  return {
    names: callNames,
    async call(name, input, caller) {
      if (!caller.isMainFrame || caller.address === undefined || !mayNavigate(caller.address)) {
        return refusal({ code: 'sender', message: 'Only the pages of Vantrail may ask that.' });
      }
      const check = checks.get(name);
      if (check?.Check(input) !== true) {
        const [first] = check?.Errors(input) ?? [];
        const where = first === undefined ? '' : ` ${first.instancePath} ${first.message}`;
        return refusal({ code: 'input', message: `'${name}' was asked in a way it does not know:${where}` });
      }
      try {
        const handler = handlers[name] as (input: unknown, caller: Caller) => unknown;
        return { ok: true, value: await handler(input, caller) };
      } catch (error) {
        if (error instanceof DeskError) {
          const { code, message, status } = error;
          return refusal(status === undefined ? { code, message } : { code, message, status });
        }
        failed(name, error);
        return refusal({ code: 'failed', message: (error as Error).message });
      }
    },
  };
}

function refusal(error: BridgeError): Result<never> {
  return { ok: false, error };
}
