import type { News, NewsName, Notice, Thing } from '../shared/bridge.ts';

/** Notices that wait for a page at most. */
const mostWaiting = 20;

/** Tells pages what happens; keeps what nobody is there for yet until a page asks how things stand. */
export class NewsDesk {
  #send: <N extends NewsName>(window: number, name: N, news: News[N]) => void;
  #ready = new Set<number>();
  #notices: Notice[] = [];
  #open: Thing | undefined;

  constructor(send: <N extends NewsName>(window: number, name: N, news: News[N]) => void) {
    this.#send = send;
  }

  /** The page of this window listens. Answers what it has missed. */
  ready(window: number): { notices: Notice[]; open: Thing | undefined } {
    this.#ready.add(window);
    const missed = { notices: this.#notices, open: this.#open };
    this.#notices = [];
    this.#open = undefined;
    return missed;
  }

  /** The page of this window is being loaded, or is gone. */
  away(window: number): void {
    this.#ready.delete(window);
  }

  tell<N extends NewsName>(window: number, name: N, news: News[N]): void {
    if (this.#ready.has(window)) this.#send(window, name, news);
  }

  tellAll<N extends NewsName>(name: N, news: News[N]): void {
    for (const window of this.#ready) this.#send(window, name, news);
  }

  notice(notice: Notice): void {
    if (this.#ready.size > 0) {
      this.tellAll('notice', notice);
      return;
    }
    this.#notices = [...this.#notices.filter(({ key }) => key !== notice.key), notice].slice(-mostWaiting);
  }

  /** Opens a thing in one window; `window` undefined: in whichever asks first. */
  open(window: number | undefined, thing: Thing): void {
    if (window !== undefined && this.#ready.has(window)) this.#send(window, 'open', thing);
    else this.#open = thing;
  }
}
