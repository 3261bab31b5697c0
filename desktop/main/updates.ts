import type { Notice } from '../shared/bridge.ts';
import type { NativeWords } from './native-words.ts';

/** The part of electron-updater that is used here. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  setFeedURL(feed: { provider: 'generic'; url: string }): void;
  checkForUpdates(): Promise<unknown>;
  on(event: 'update-downloaded', listener: (info: { version: string }) => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface UpdateDeps {
  /** loads the updater: it is not even loaded while there is no feed */
  updater: () => Promise<Updater>;
  /** folder with the releases, https; undefined: off */
  feed: string | undefined;
  isPackaged: boolean;
  notice: (notice: Notice) => void;
  words: () => NativeWords;
  /** logged, once for each failure */
  failed: (error: Error) => void;
}

const every = 4 * 3_600_000;

/** Looks for a newer version, fetches it, and puts it in when the app is closed. Off until a feed is configured. */
export class Updates {
  #deps: UpdateDeps;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isStopped = false;

  constructor(deps: UpdateDeps) {
    this.#deps = deps;
  }

  /** Answers whether it is on. */
  async start(): Promise<boolean> {
    const { feed, isPackaged, failed } = this.#deps;
    if (feed === undefined || !isPackaged || new URL(feed).protocol !== 'https:') return false;
    const updater = await this.#deps.updater();
    if (this.#isStopped) return false;
    updater.autoDownload = true;
    updater.autoInstallOnAppQuit = true;
    updater.setFeedURL({ provider: 'generic', url: feed });
    updater.on('error', failed);
    updater.on('update-downloaded', ({ version }) => {
      this.#deps.notice({ key: 'update', text: this.#deps.words().updateReady(version) });
    });
    const look = () => void updater.checkForUpdates().catch(failed);
    look();
    this.#timer = setInterval(look, every);
    return true;
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }
}
