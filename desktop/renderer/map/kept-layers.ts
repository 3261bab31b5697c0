import type { Layer } from '@deck.gl/core';

/**
 * Layers that are handed over again as they were while nothing they were made of has changed: deck.gl then compares
 * nothing and asks nothing of them, and a picture in which only vans have moved costs what the vans cost.
 */
export class KeptLayers {
  #made: { of: readonly unknown[]; layers: Layer[] } | undefined;

  /** The layers made of these values; made anew when one of them is another one. */
  of(values: readonly unknown[], make: () => Layer[]): Layer[] {
    const made = this.#made;
    const isSame = made?.of.length === values.length && made.of.every((value, i) => Object.is(value, values[i]));
    if (made !== undefined && isSame && !made.layers.some(isGone)) return made.layers;
    const layers = make();
    this.#made = { of: values, layers };
    return layers;
  }
}

/** Whether deck.gl has taken a layer down, since a picture was without it; it never takes the same one up again. */
function isGone({ lifecycle }: Layer): boolean {
  return (
    lifecycle === 'Finalized! Awaiting garbage collection' ||
    lifecycle === 'No longer matched. Awaiting garbage collection'
  );
}
