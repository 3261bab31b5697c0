/** Shows how far a command line tool is: a line that is written over on a terminal, tenths elsewhere. */
export class Progress {
  readonly #out: { write(text: string): unknown; isTTY?: boolean };
  #shown = '';

  constructor(out: { write(text: string): unknown; isTTY?: boolean }) {
    this.#out = out;
  }

  /** `share`: 0 to 1 */
  show(what: string, share: number): void {
    const percent = Math.floor(share * (this.#out.isTTY ? 100 : 10)) * (this.#out.isTTY ? 1 : 10);
    const line = `${what} ${percent} %`;
    if (line === this.#shown) return;
    this.#shown = line;
    this.#out.write(this.#out.isTTY ? `\r\x1b[K${line}` : `${line}\n`);
  }

  /** Where nobody knows how much there is: how much it was so far. */
  count(what: string, many: number): void {
    const line = `${many} ${what}`;
    if (line === this.#shown || !this.#out.isTTY) return;
    this.#shown = line;
    this.#out.write(`\r\x1b[K${line}`);
  }

  end(): void {
    if (this.#out.isTTY && this.#shown !== '') this.#out.write('\r\x1b[K');
    this.#shown = '';
  }
}
