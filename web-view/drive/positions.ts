import { Refused } from '../shared/http.ts';
import type { Kept, KeptFix } from './kept.ts';

export interface PositionState {
  on: boolean;
  /** UTC ms of the newest that was sent; undefined: none yet */
  last: number | undefined;
  /** how many wait */
  kept: number;
  problem: 'refused' | 'silent' | 'no-phone' | undefined;
  /** the phone had put the page to sleep between these times, UTC ms */
  stopped: { from: number; until: number } | undefined;
  /** the battery is low, and fixes are rarer */
  saving: boolean;
}

/** Between two fixes, ms: driving, and with a battery that is nearly empty. */
const usual = 5000;
const rare = 30_000;
const lowBattery = 0.2;
/** Without a fix for so long the phone is not telling its position, ms. */
const silentAfter = 60_000;
/** Fixes of the backlog in one request. */
const together = 200;
/** A day of fixes at the usual pace; the oldest make way. */
const mostKept = 17_280;

interface Battery {
  level: number;
  charging: boolean;
}

export interface PositionsDeps {
  kept: Pick<Kept, 'fixes' | 'putFix' | 'removeFixes'>;
  send: (fixes: readonly KeptFix[]) => Promise<unknown>;
  /** what the phone's clock is to be put right by, ms */
  offset: () => number;
  onChange: (state: PositionState) => void;
}

/**
 * Sends where this phone is. Each fix is on the disk first; the newest goes out first, since somebody waits for it, and
 * then what has been kept, oldest first.
 */
export class Positions {
  state: PositionState = {
    on: false,
    last: undefined,
    kept: 0,
    problem: undefined,
    stopped: undefined,
    saving: false,
  };
  readonly #deps: PositionsDeps;
  #watch: number | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #lock: { release(): Promise<void> } | undefined;
  #battery: Battery | undefined;
  /** by the phone's clock, ms */
  #lastFix = 0;
  #lastTick = 0;
  #sending = false;

  constructor(deps: PositionsDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    if (this.#watch !== undefined) return;
    const now = Date.now();
    this.#lastFix = now;
    this.#lastTick = now;
    this.#set({ on: true, problem: undefined, stopped: undefined });
    const { getBattery } = navigator as { getBattery?: () => Promise<Battery> };
    this.#battery = await getBattery?.call(navigator).catch(() => undefined);
    this.#watch = navigator.geolocation.watchPosition(
      (position) => void this.#fixed(position),
      ({ code }) => this.#set({ problem: code === 1 ? 'refused' : 'silent' }),
      { enableHighAccuracy: true, maximumAge: 0 },
    );
    this.#timer = setInterval(() => this.#look(), 5000);
    document.addEventListener('visibilitychange', this.#wake);
    this.#wake();
  }

  stop(): void {
    if (this.#watch !== undefined) navigator.geolocation.clearWatch(this.#watch);
    this.#watch = undefined;
    clearInterval(this.#timer);
    document.removeEventListener('visibilitychange', this.#wake);
    void this.#lock?.release().catch(() => {});
    this.#lock = undefined;
    this.#set({ on: false, problem: undefined });
  }

  /** Sends what is kept, as far as the network goes. */
  async flush(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    const { kept, send } = this.#deps;
    try {
      for (;;) {
        const waiting = (await kept.fixes()).sort((a, b) => a.fixTime - b.fixTime);
        this.#set({ kept: waiting.length });
        const newest = waiting[waiting.length - 1];
        if (newest === undefined) return;
        const fresh = this.state.last === undefined || newest.fixTime > this.state.last;
        const part = fresh ? [newest] : waiting.slice(0, together);
        await send(part);
        await kept.removeFixes(part.map(({ fixTime }) => fixTime));
        this.#set({ kept: waiting.length - part.length, ...(fresh ? { last: newest.fixTime } : {}) });
        if (this.state.problem === 'no-phone') this.#set({ problem: undefined });
      }
    } catch (error) {
      if (error instanceof Refused && error.type === 'no-phone') this.#set({ problem: 'no-phone' });
      // Else there is no network; the next fix tries again.
    } finally {
      this.#sending = false;
    }
  }

  async #fixed({ coords }: GeolocationPosition): Promise<void> {
    const now = Date.now();
    const saving = this.#battery !== undefined && this.#battery.level < lowBattery && !this.#battery.charging;
    this.#set({ saving, ...(this.state.problem === 'no-phone' ? {} : { problem: undefined }) });
    if (now - this.#lastFix < (saving ? rare : usual) && this.state.last !== undefined) return;
    this.#lastFix = now;
    const { kept, offset } = this.#deps;
    const { latitude, longitude, accuracy, speed, heading } = coords;
    const fix: KeptFix = {
      fixTime: now + offset(),
      latitude,
      longitude,
      accuracy: Math.round(accuracy),
      ...(speed === null ? {} : { speed: Math.round(speed * 36) / 10 }),
      ...(heading === null || Number.isNaN(heading) ? {} : { course: heading % 360 }),
      ...(this.#battery === undefined ? {} : { battery: Math.round(this.#battery.level * 100) }),
    };
    await kept.putFix(fix);
    const all = await kept.fixes();
    if (all.length > mostKept)
      await kept.removeFixes(all.slice(0, all.length - mostKept).map(({ fixTime }) => fixTime));
    await this.flush();
  }

  /** A page that sleeps misses its own ticks: that is how it knows afterwards. */
  #look(): void {
    const now = Date.now();
    const offset = this.#deps.offset();
    if (now - this.#lastTick > silentAfter) {
      this.#set({ stopped: { from: this.#lastTick + offset, until: now + offset } });
    }
    this.#lastTick = now;
    if (now - this.#lastFix > silentAfter && this.state.problem === undefined) this.#set({ problem: 'silent' });
    if (this.state.kept > 0) void this.flush();
  }

  /** The screen stays on while this page is in front: most phones stop pages behind a dark one. */
  readonly #wake = () => {
    if (document.visibilityState !== 'visible') return;
    this.#look();
    const { wakeLock } = navigator as { wakeLock?: { request(kind: 'screen'): Promise<{ release(): Promise<void> }> } };
    wakeLock?.request('screen').then(
      (lock) => {
        this.#lock = lock;
      },
      () => {},
    );
  };

  #set(change: Partial<PositionState>): void {
    this.state = { ...this.state, ...change };
    this.#deps.onChange(this.state);
  }
}
