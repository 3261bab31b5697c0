/**
 * Why a command has no answer, or no whole one; unlike after a LogError something may have been done, or be done yet.
 *
 *   undecided    the time limit passed before the log said what became of it: it may still be carried out
 *   unfinished   its event was applied, and what belongs to it (a key, personal fields) could not be kept
 *   busy         another command on the same thing waits for the log: this one was not begun
 */
export class Unanswered extends Error {
  override name = 'Unanswered';
  readonly kind: 'undecided' | 'unfinished' | 'busy';
  /** id of its event, by which it can be asked for; a command that only sets a newest value has none */
  readonly request: string | undefined;
  /** it makes a key that nobody has been shown */
  readonly makesKey: boolean;

  constructor(
    kind: Unanswered['kind'],
    message: string,
    { request, makesKey = false, ...options }: ErrorOptions & { request?: string | undefined; makesKey?: boolean } = {},
  ) {
    super(message, options);
    this.kind = kind;
    this.request = request;
    this.makesKey = makesKey;
  }
}
