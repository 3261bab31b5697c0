import type { Layer } from '@deck.gl/core';
import type { LonLat } from '../trail/trail-shapes.ts';
import type { VanEntry } from '../world/entries.ts';
import { shortTime } from './canvas-text.ts';
import type { FleetColumns } from './fleet-columns.ts';
import { type ChosenLabel, freeLabels, type LabelWish } from './labels.ts';
import { type Label, labelLayer } from './layers.ts';
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
  selected: number | undefined;
  live: boolean;
  /** slots of the vans that are drawn one by one */
  drawn: () => number[];
  shownAt: (entry: VanEntry) => LonLat;
}

/** The names beside the vans, where there is room. */
export class VanNames {
  #chosen: ChosenLabel[] = [];
  #chosenAt = Number.NEGATIVE_INFINITY;
  #zoom = 0;
  /** what the map showed when names were chosen last */
  #seen = '';
  #labels: Label[] = [];

  /** Other vans: what was chosen means nothing any more. */
  forget(): void {
    this.#chosenAt = Number.NEGATIVE_INFINITY;
    this.#chosen = [];
  }

  layers(naming: Naming): Layer[] {
    const { view, fleet, selected, live, shownAt } = naming;
    const { longitude, latitude } = view.surface.camera();
    const seen = `${longitude} ${latitude} ${view.width} ${selected} ${live}`;
    const since = view.time - this.#chosenAt;
    const isDue = since > (seen === this.#seen ? roomEvery.standing : roomEvery.moving);
    if (isDue || view.zoom !== this.#zoom) {
      this.#chosenAt = view.time;
      this.#zoom = view.zoom;
      this.#seen = seen;
      this.#chosen = this.#choose(naming);
    }
    const labels: Label[] = [];
    for (const { row, offset } of this.#chosen) {
      const entry = fleet.entries[row];
      if (entry === undefined) continue;
      const stale = !live || fleet.statuses[row] === 'silent';
      const text = nameOf(entry, stale, view.now);
      labels.push({ offset, text, at: shownAt(entry), selected: row === selected, stale });
    }
    // The same list again moves its labels only; another one lays out all letters anew.
    if (isSame(labels, this.#labels)) {
      for (const [i, label] of this.#labels.entries()) label.at = labels[i]?.at ?? label.at;
    } else this.#labels = labels;
    return this.#labels.length === 0
      ? []
      : [labelLayer({ id: 'van-names', labels: this.#labels, colours: view.colours, moment: view.time })];
  }

  #choose({ view, fleet, selected, live, drawn, shownAt }: Naming): ChosenLabel[] {
    const wishes: LabelWish[] = [];
    const markers: { x: number; y: number }[] = [];
    const screen = screenOf(view);
    for (const slot of drawn()) {
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

function isSame(a: readonly Label[], b: readonly Label[]): boolean {
  return (
    a.length === b.length &&
    a.every((label, i) => {
      const other = b[i];
      return (
        other !== undefined &&
        label.text === other.text &&
        label.offset === other.offset &&
        label.selected === other.selected &&
        label.stale === other.stale
      );
    })
  );
}
