import { shortestFrame } from './pace.ts';

/** A picture may be so much too early: half a frame of a display that shows 60 a second, ms. */
const early = 8;

interface FramesDeps {
  /** draws one picture; `time` is the clock of animation frames, ms */
  draw: (time: number) => void;
  /** whether something moves by itself at this time */
  isGliding: (time: number) => boolean;
  /** how long a picture may stand, ms */
  pace: () => number;
  /** whether there is anything to draw on */
  canDraw: () => boolean;
}

/** Decides when a picture is drawn: at once when somebody did something, else as seldom as nobody sees a difference. */
export class Frames {
  readonly #deps: FramesDeps;
  #frame: number | undefined;
  #nap: ReturnType<typeof setTimeout> | undefined;
  #drawnAt = 0;
  #isDue = false;
  /** somebody did something, and waits for it */
  #isUrgent = false;
  /** the last picture has stood as long as it may */
  #hasRested = false;

  constructor(deps: FramesDeps) {
    this.#deps = deps;
  }

  /** Draws in the next frame: somebody did something. */
  now(): void {
    this.#isUrgent = true;
    clearTimeout(this.#nap);
    this.#nap = undefined;
    this.soon();
  }

  /** Draws when the next picture is due: the world went on. */
  soon(): void {
    this.#isDue = true;
    if (this.#frame !== undefined || this.#nap !== undefined || !this.#deps.canDraw()) return;
    this.#frame = requestAnimationFrame(this.#onFrame);
  }

  stop(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    clearTimeout(this.#nap);
    this.#nap = undefined;
  }

  #onFrame = (time: number): void => {
    this.#frame = undefined;
    const { draw, isGliding } = this.#deps;
    const gliding = isGliding(time);
    if ((this.#isDue || gliding) && (this.#hasRested || this.#rest(time) <= early)) {
      this.#isDue = false;
      this.#isUrgent = false;
      this.#hasRested = false;
      this.#drawnAt = time;
      draw(time);
    }
    if (this.#isDue || gliding) this.#next(time);
  };

  /** Sleeps until shortly before the next picture is due: frames that draw nothing cost something too. */
  #next(time: number): void {
    const rest = this.#rest(time);
    if (rest <= shortestFrame) {
      this.#frame = requestAnimationFrame(this.#onFrame);
      return;
    }
    const wake = () => {
      this.#nap = undefined;
      // The clock of frames may lag behind: a second one is not waited for.
      this.#hasRested = true;
      this.#frame = requestAnimationFrame(this.#onFrame);
    };
    this.#nap = setTimeout(wake, rest - early);
  }

  /** How long the present picture may still stand, ms. */
  #rest(time: number): number {
    return this.#drawnAt + (this.#isUrgent ? shortestFrame : this.#deps.pace()) - time;
  }
}
