import { cardColours, cardRoom, labelFamily, type Rgba } from './layers.ts';
import { type MarkAtlas, sendPart } from './mark-atlas.ts';
import { NameCells } from './name-cells.ts';
import type { Colours } from './surface.ts';

/** A name as it is drawn on its card. */
export interface NameCard {
  text: string;
  selected: boolean;
  stale: boolean;
}

/** Names are drawn larger than they are shown, so that they stay crisp between two pixels of the screen. */
const leastScale = 2;
/** Longer names are cut, px. */
const widest = 320;
/** What is left free around a card in its cell, px. */
const rim = 1;
const fontSize = 12;
/** px of a cell: the card and what is free around it */
const height = fontSize + 2 * cardRoom.down + 2 * rim;
/** From the middle of a line of text down to the foot of its letters, px. */
const footOfLetters = 4.3;

/**
 * The names of vans, each drawn once on a card of its own, for the graphics card to move about as it does with markers.
 * The browser's own letters: vowel signs and ligatures of every script are where they belong.
 */
export class NameCards {
  readonly #cells = new NameCells();
  readonly #canvas = document.createElement('canvas');
  readonly #art = this.#canvas.getContext('2d', { willReadFrequently: true });
  #of: { colours: Colours; scale: number } | undefined;
  #drawn = new Map<number, NameCard>();
  /** cells whose card the graphics card does not have yet */
  #unsent = new Set<number>();
  /** another one when none of the old cells is valid any more */
  atlas: MarkAtlas = this.#toAtlas();

  /** px of a card's cell on the screen */
  get size(): [width: number, height: number] {
    return [this.#cells.width, height];
  }

  /** Draws these cards and no others; answers the cell of each. */
  draw(cards: readonly NameCard[], colours: Colours): number[] {
    const scale = Math.max(leastScale, window.devicePixelRatio);
    const isOtherLook = this.#of?.colours !== colours || this.#of.scale !== scale;
    this.#of = { colours, scale };
    if (isOtherLook) this.#cells.clear();
    const byKey = new Map(cards.map((card) => [keyOf(card), card]));
    const { fresh, isOther } = this.#cells.take(byKey.keys(), (key) => this.#widthOf(byKey.get(key)?.text ?? ''));
    if (isOther) this.atlas = this.#toAtlas();
    for (const key of fresh) this.#unsent.add(this.#cells.cellOf(key) ?? 0);
    const cells = cards.map((card) => this.#cells.cellOf(keyOf(card)) ?? 0);
    this.#drawn = new Map(cards.map((card, i) => [cells[i] ?? 0, card]));
    return cells;
  }

  #toAtlas(): MarkAtlas {
    const { columns, rows, width } = this.#cells;
    const scale = this.#of?.scale ?? leastScale;
    const cell = { width: Math.ceil(width * scale), height: Math.ceil(height * scale) };
    return {
      columns,
      rows,
      send: (device) => {
        this.#unsent = new Set(this.#drawn.keys());
        return device.createTexture({
          width: columns * cell.width,
          height: rows * cell.height,
          format: 'rgba8unorm',
          sampler: { minFilter: 'linear', magFilter: 'linear' },
        });
      },
      sendOn: (picture, device) => {
        if (this.#unsent.size === 0) return;
        // Sizing a canvas clears it, and forgets its pen.
        this.#canvas.width = cell.width;
        this.#canvas.height = cell.height;
        for (const at of this.#unsent) {
          const card = this.#drawn.get(at);
          if (card === undefined) continue;
          this.#paint(card, cell);
          const x = (at % columns) * cell.width;
          const y = Math.floor(at / columns) * cell.height;
          sendPart(device, picture, this.#canvas, { x, y });
        }
        this.#unsent.clear();
      },
    };
  }

  #widthOf(text: string): number {
    if (this.#art === null) return 0;
    this.#art.font = `600 ${fontSize}px ${labelFamily}`;
    return Math.min(widest, this.#art.measureText(text).width + 2 * cardRoom.side) + 2 * rim;
  }

  #paint({ text, selected, stale }: NameCard, cell: { width: number; height: number }): void {
    const art = this.#art;
    if (art === null || this.#of === undefined) return;
    const { colours, scale } = this.#of;
    const { ink, pale, paper, line, lineWidth } = cardColours(colours, selected);
    art.setTransform(1, 0, 0, 1, 0, 0);
    art.clearRect(0, 0, cell.width, cell.height);
    art.setTransform(scale, 0, 0, scale, cell.width / 2, cell.height / 2);
    const whole = this.#widthOf(text) - 2 * rim;
    const half = height / 2 - rim;
    const card = (inner: number) => {
      art.beginPath();
      const radius = cardRoom.radius - inner;
      art.roundRect(inner - whole / 2, inner - half, whole - 2 * inner, 2 * (half - inner), radius);
    };
    card(0);
    art.fillStyle = css(paper);
    art.fill();
    card(lineWidth / 2);
    art.lineWidth = lineWidth;
    art.strokeStyle = css(line);
    art.stroke();
    art.fillStyle = css(stale ? pale : ink);
    art.textAlign = 'center';
    art.fillText(this.#cut(text, art), 0, footOfLetters);
  }

  #cut(text: string, art: CanvasRenderingContext2D): string {
    const room = widest - 2 * cardRoom.side;
    if (art.measureText(text).width <= room) return text;
    const letters = Array.from(text);
    while (letters.length > 0 && art.measureText(`${letters.join('')}…`).width > room) letters.pop();
    return `${letters.join('')}…`;
  }
}

function keyOf({ text, selected, stale }: NameCard): string {
  return `${Number(selected)}${Number(stale)}${text}`;
}

function css([red, green, blue, alpha]: Rgba): string {
  return `rgb(${red} ${green} ${blue} / ${alpha / 255})`;
}
