/** One answer that is owed to a client. */
export interface Owed {
  settled: boolean;
  next: Owed | undefined;
  answer(): void;
}

/**
 * The answers owed to one client, given in the order in which its messages came (MQTT-4.6.0-2), whatever the order in
 * which they were settled: an ignored message is settled at once, the position before it only after a commit.
 */
export class AckOrder {
  #first: Owed | undefined;
  #last: Owed | undefined;
  #dropped = false;

  /** Owes an answer; `settle` it later. */
  owe(owed: Owed): void {
    if (this.#last === undefined) this.#first = owed;
    else this.#last.next = owed;
    this.#last = owed;
  }

  settle(owed: Owed): void {
    owed.settled = true;
    if (this.#dropped) return;
    while (this.#first?.settled) {
      const first: Owed = this.#first;
      this.#first = first.next;
      if (this.#first === undefined) this.#last = undefined;
      // A dead link that grew old would keep every later one alive until the next full collection.
      first.next = undefined;
      first.answer();
      if (this.#dropped) return;
    }
  }

  /** The client is gone, or is owed nothing any more because one message could not be kept: no answer is given. */
  drop(): void {
    this.#dropped = true;
    this.#first = undefined;
    this.#last = undefined;
  }

  get waiting(): boolean {
    return this.#first !== undefined;
  }
}

/** An answer that is a function. */
export class OwedCall implements Owed {
  settled = false;
  next: Owed | undefined;
  readonly answer: () => void;

  constructor(answer: () => void) {
    this.answer = answer;
  }
}
