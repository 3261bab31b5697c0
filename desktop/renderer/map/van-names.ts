import type { Layer } from '@deck.gl/core';
import type { LonLat } from '../trail/trail-shapes.ts';
import type { VanEntry } from '../world/entries.ts';
import type { Glides } from '../world/glide.ts';
import { shortTime } from './canvas-text.ts';
import type { FleetColumns } from './fleet-columns.ts';
import { KeptLayers } from './kept-layers.ts';
import { type ChosenLabel, freeLabels, type LabelWish } from './labels.ts';
import { MarkRows } from './mark-rows.ts';
import { MarksLayer, wholeSize } from './marks-layer.ts';
import { NameCards } from './name-cards.ts';
import { screenOf } from './screen.ts';
import type { View } from './view.ts';

/** Names appear from this zoom on; the selected van's always. */
const namesFrom = 12.2;
/**
 * How often it is decided anew which names have room, ms: every frame would make them flicker. While the map stands still
 * vans come into another's way slowly.
 */
const roomEvery = { moving: 300, standing: 1500 };

interface Naming {
  view: View;
  fleet: FleetColumns;
  glides: Glides;
  clock: { readonly seconds: number };
  selected: number | undefined;
  live: boolean;
  /** the vans that are drawn one by one */
  marks: MarkRows;
  shownAt: (entry: VanEntry) => LonLat;
}

/**
 * The names beside the vans, where there is room: cards that the graphics card moves along with the markers. They are laid
 * out anew when other vans have a name, a name says something else, or the markers were painted anew.
 */
export class VanNames {
  readonly #cards = new NameCards();
  /** When something moves, its marker has said so. */
  readonly #rows = new MarkRows(() => false);
  readonly #layers = new KeptLayers();
  #chosen: ChosenLabel[] = [];
  #chosenAt = Number.NEGATIVE_INFINITY;
  #zoom = 0;
  /** what the map showed when names were chosen last */
  #seen = '';
  /** what the names were laid out of */
  #laid: readonly unknown[] = [];
  /** a silent van's name says for how long it has been, in seconds at first */
  #tellsTime = false;

  /** Other vans: what was chosen means nothing any more. */
  forget(): void {
    this.#chosenAt = Number.NEGATIVE_INFINITY;
    this.#chosen = [];
  }

  /** The marker of a van is on its way to a new fix, and its name with it. */
  moved(slot: number): void {
    this.#rows.moved(slot);
  }

  layers(naming: Naming): Layer[] {
    const { view, selected, live, marks, clock } = naming;
    const { longitude, latitude } = view.surface.camera();
    const seen = `${longitude} ${latitude} ${view.width} ${selected} ${live}`;
    const since = view.time - this.#chosenAt;
    const isDue = since > (seen === this.#seen ? roomEvery.standing : roomEvery.moving);
    if (isDue || view.zoom !== this.#zoom) {
      this.#chosenAt = view.time;
      this.#zoom = view.zoom;
      this.#seen = seen;
      const chosen = this.#choose(naming);
      if (!isSame(chosen, this.#chosen)) this.#chosen = chosen;
    }
    if (this.#chosen.length === 0) return [];
    const second = this.#tellsTime ? Math.floor(view.now / 1000) : 0;
    const laid = [this.#chosen, marks.painted, live, selected, view.colours, second];
    if (laid.some((value, i) => value !== this.#laid[i])) {
      this.#laid = laid;
      this.#lay(naming);
    }
    const { columns } = this.#rows;
    const { atlas, size } = this.#cards;
    return this.#layers.of([columns, atlas], () => [
      new MarksLayer({
        ...{ id: 'van-names', data: columns, atlas, size, upright: true },
        glide: { clock, rows: this.#rows },
      }),
    ]);
  }

  #lay({ view, fleet, glides, selected, live }: Naming): void {
    const cards = this.#chosen.map(({ row }) => {
      const entry = fleet.entries[row];
      const stale = !live || fleet.statuses[row] === 'silent';
      return { text: entry === undefined ? '' : nameOf(entry, stale, view.now), selected: row === selected, stale };
    });
    this.#tellsTime = cards.some(({ stale }) => stale);
    const cells = this.#cards.draw(cards, view.colours);
    this.#rows.begin(fleet.length, glides);
    for (const [i, { row, offset }] of this.#chosen.entries()) {
      if (fleet.entries[row] === undefined) continue;
      const right = fleet.offsets[row * 2] ?? 0;
      const down = (fleet.offsets[row * 2 + 1] ?? 0) + offset;
      this.#rows.set(row, { cell: cells[i] ?? 0, opacity: 255, size: wholeSize, right, down });
    }
    this.#rows.end();
  }

  #choose({ view, fleet, selected, live, marks, shownAt }: Naming): ChosenLabel[] {
    const wishes: LabelWish[] = [];
    const markers: { x: number; y: number }[] = [];
    const screen = screenOf(view);
    for (const slot of marks.slots) {
      const entry = fleet.entries[slot];
      const always = slot === selected;
      if (entry === undefined || (!always && view.zoom < namesFrom)) continue;
      // Its fix tells whether it can be in view: a marker is never far from it.
      const { position } = entry;
      if (!always && (position === null || !screen.nearly(position.longitude, position.latitude))) continue;
      const at = shownAt(entry);
      if (!screen.has(at)) continue;
      const { x, y } = screen.place(at);
      markers.push({ x, y });
      if (!always && fleet.wanted[slot] === 0) continue;
      const text = nameOf(entry, !live || fleet.statuses[slot] === 'silent', view.now);
      wishes.push({ row: slot, x, y, width: text.length * 6.6 + 16, always });
    }
    // Who has a name keeps it as long as there is room: names that come and go are harder to read than fewer of them.
    const before = new Set(this.#chosen.map(({ row }) => row));
    const had = wishes.filter(({ row }) => before.has(row));
    return freeLabels([...had, ...wishes.filter(({ row }) => !before.has(row))], markers, view);
  }
}

function nameOf({ van, position }: VanEntry, stale: boolean, now: number): string {
  return stale && position !== null ? `${van.name} · ${shortTime(now - position.fixTime)}` : van.name;
}

function isSame(a: readonly ChosenLabel[], b: readonly ChosenLabel[]): boolean {
  return a.length === b.length && a.every(({ row, offset }, i) => row === b[i]?.row && offset === b[i].offset);
}
