import type { BridgeError } from '../shared/bridge.ts';

/** A refusal that a page is told as it is: a reason to tell apart, and words for a person. */
export class DeskError extends Error {
  readonly code: BridgeError['code'];
  /** the daemon's answer, where there was one */
  readonly status: number | undefined;
  constructor(code: BridgeError['code'], message: string, status?: number) {
    super(message);
    this.name = 'DeskError';
    this.code = code;
    this.status = status;
  }
}
