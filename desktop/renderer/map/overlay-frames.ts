import type { LayersList } from '@deck.gl/core';

/** After a person did something, or the layers became others, deck.gl sees every frame of the display for so long, ms. */
const awakeFor = 400;
/** What nobody told it of, such as a shader that took its time, deck.gl notices after so long at the latest, ms. */
const napFor = 500;
/** All by which a person asks deck.gl what lies under the pointer. */
const pointing = ['pointermove', 'pointerdown', 'pointerup', 'pointerleave', 'wheel'] as const;

type FrameCallback = (time: number) => void;

/**
 * Gives deck.gl its frames. By itself it asks for every frame of the display to see whether there is something to draw,
 * and each costs the page a round of style, layout and compositing: more than all that vans do. Here it has one when the
 * scene hands over layers, and all of them while somebody points at the map.
 */
export class OverlayFrames {
  #callback: FrameCallback | undefined;
  #frame: number | undefined;
  #nap: ReturnType<typeof setTimeout> | undefined;
  #awakeUntil = performance.now() + awakeFor;
  #isDue = false;
  #layers: LayersList = [];

  /**
   * A property of deck.gl's loop, which Deck hands on to it (luma.gl 9.4: "experimental"). Should a later version no longer
   * know it, deck.gl looks at every frame again.
   */
  readonly props = {
    animationFrameProvider: {
      requestAnimationFrame: (callback: FrameCallback): number => {
        this.#callback = callback;
        this.#wait();
        return 1;
      },
      cancelAnimationFrame: (): void => {
        this.#callback = undefined;
        this.#stopWaiting();
      },
    },
  };

  constructor(container: HTMLElement) {
    const pointed = () => this.#awake();
    for (const name of pointing) container.addEventListener(name, pointed, { passive: true });
  }

  /**
   * Draws these layers in the frame that is under way, and not a frame later. The same ones again are not handed over:
   * deck.gl then draws what glides at its new place, and compares nothing.
   */
  show(layers: LayersList, handOver: () => void): void {
    const before = this.#layers;
    if (layers.length !== before.length || layers.some((layer, i) => layer !== before[i])) {
      if (layers.length !== before.length) this.#awake();
      this.#layers = layers;
      handOver();
    }
    if (this.#isDue) return;
    this.#isDue = true;
    queueMicrotask(() => {
      this.#isDue = false;
      this.#draw(performance.now());
    });
  }

  #awake(): void {
    this.#awakeUntil = performance.now() + awakeFor;
    if (this.#callback === undefined || this.#frame !== undefined) return;
    this.#wait();
  }

  #wait(): void {
    this.#stopWaiting();
    if (performance.now() < this.#awakeUntil) this.#frame = requestAnimationFrame(this.#draw);
    else this.#nap = setTimeout(() => this.#draw(performance.now()), napFor);
  }

  #stopWaiting(): void {
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#frame = undefined;
    clearTimeout(this.#nap);
  }

  #draw = (time: number): void => {
    this.#frame = undefined;
    const callback = this.#callback;
    this.#callback = undefined;
    callback?.(time);
  };
}
