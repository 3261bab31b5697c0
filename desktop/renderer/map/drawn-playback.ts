import type { Layer, PickingInfo } from '@deck.gl/core';
import type { PlayedVan } from '../playback/load-van.ts';
import type { PlayedStop } from '../playback/motion-facts.ts';
import { fixAt, placeAt } from '../playback/played-trail.ts';
import type { Player } from '../playback/player.ts';
import { rgbOf, vanColour } from '../playback/van-colours.ts';
import type { DrawnPoint, LonLat } from '../trail/trail-shapes.ts';
import { words } from '../words.ts';
import type { World } from '../world/world.ts';
import { freeLabels } from './labels.ts';
import { type Label, labelLayer } from './layers.ts';
import { drawMarkers } from './marker-art.ts';
import {
  type AskedFix,
  dashesOf,
  driven,
  isKnown,
  markerLayers,
  type PlayedMarker,
  type PlayedWay,
  playedPointsId,
  pointLayer,
  stopLayer,
  toCome,
} from './playback-layers.ts';
import { askedFixes, playedColumns } from './played-columns.ts';
import type { PlayedScene } from './scene.ts';
import type { Colours } from './surface.ts';
import { trailColours } from './trail-colours.ts';
import type { View } from './view.ts';

/** Fixes of all vans together that answer to the mouse. */
const mostAsked = 20_000;
/** Places that "show all" looks at, for each van. */
const mostPlaces = 2000;
type Names = Pick<World, 'vans'>;

/**
 * The vans of a playback at the played time: what they have driven, what is still to come, faint, and the markers. The
 * lines lie on the graphics card from the beginning; a step of the clock only changes how many pieces are drawn.
 */
export class DrawnPlayback implements PlayedScene {
  readonly #player: Player;
  readonly #world: Names;
  readonly #atlas = drawMarkers();
  #drawn: readonly PlayedWay[] = [];
  #asked: readonly AskedFix[] = [];
  #stops: readonly PlayedStop[] = [];
  /** where the map was centred last */
  #centre: LonLat | undefined;
  #of: { vans: readonly PlayedVan[]; colours: Colours } | undefined;

  constructor(player: Player, world: Names) {
    this.#player = player;
    this.#world = world;
  }

  layers(view: View): Layer[] {
    const { colours } = view;
    const { vans, time, lead } = this.#player.store.getState();
    if (this.#of?.vans !== vans || this.#of.colours !== colours) this.#make(vans, colours);
    const markers = this.#markers(time, colours);
    const layers: Layer[] = [];
    for (const each of this.#drawn) layers.push(...toCome(each, time, colours));
    for (const each of this.#drawn) {
      const marker = markers.find(({ van }) => van === each.van);
      if (marker !== undefined) layers.push(...driven(each, marker, this.#drawn.length, colours));
    }
    layers.push(stopLayer(this.#stops, time, colours), pointLayer(this.#asked));
    layers.push(
      ...markerLayers(markers, lead, this.#atlas),
      labelLayer({ id: 'playback-names', labels: this.#labels(markers, lead, view), colours, moment: time }),
    );
    return layers;
  }

  followed(): LonLat | undefined {
    const { vans, time, follows, lead } = this.#player.store.getState();
    const van = follows ? vans.find(({ id }) => id === lead) : undefined;
    const place = van && placeAt(van.trail, time);
    const before = this.#centre;
    this.#centre = place && [place.longitude, place.latitude];
    // A map that is there already is not told again: it would answer that it moved, and be drawn without end.
    const isThere = before?.[0] === this.#centre?.[0] && before?.[1] === this.#centre?.[1];
    return isThere ? undefined : this.#centre;
  }

  movedByHand(): void {
    if (this.#player.store.getState().follows) this.#player.store.setState({ follows: false });
  }

  places(): { latitude: number; longitude: number }[] {
    const { vans } = this.#player.store.getState();
    return vans.flatMap(({ trail }) => askedFixes(trail, mostPlaces).map(({ index }) => fixAt(trail, index)));
  }

  pointAt({ layer, index }: PickingInfo): DrawnPoint | undefined {
    const asked = layer?.id === playedPointsId ? this.#asked[index] : undefined;
    if (asked === undefined) return undefined;
    const { times, speeds } = asked.van.trail;
    const speed = speeds[asked.index] ?? Number.NaN;
    const point = { fixTime: times[asked.index] ?? 0, ...fixAt(asked.van.trail, asked.index) };
    return Number.isNaN(speed) ? point : { ...point, speed };
  }

  clicked(info: PickingInfo): void {
    const point = this.pointAt(info);
    if (point !== undefined) this.#player.seek(point.fixTime);
  }

  #make(vans: readonly PlayedVan[], colours: Colours): void {
    const { vanIds } = this.#player.store.getState();
    this.#of = { vans, colours };
    this.#drawn = vans.map((van) => {
      const own = rgbOf(vanColour(vanIds.indexOf(van.id), colours));
      // One van is coloured by its speed; of several each has a colour of its own.
      const ofBand = (band: number) => trailColours[colours][band] as [number, number, number];
      return {
        van,
        columns: playedColumns(van.trail, vanIds.length > 1 ? () => own : ofBand),
        dashes: dashesOf(van),
      };
    });
    this.#stops = vans.flatMap(({ facts }) => facts.filter((fact) => fact.kind === 'stop'));
    const each = Math.floor(mostAsked / Math.max(1, vans.length));
    this.#asked = vans.flatMap((van) => askedFixes(van.trail, each).map((fix) => ({ van, ...fix })));
  }

  #markers(time: number, colours: Colours): PlayedMarker[] {
    const { vanIds } = this.#player.store.getState();
    return this.#drawn.flatMap(({ van }) => {
      const place = placeAt(van.trail, time);
      if (place === undefined) return [];
      const rgb = rgbOf(vanColour(vanIds.indexOf(van.id), colours));
      const kind = this.#world.vans.get(van.id)?.van.kind ?? 'van';
      return [{ van, kind, place, rgb, at: [place.longitude, place.latitude] as LonLat }];
    });
  }

  /** Names where there is room for them; that of the leading van always. */
  #labels(markers: PlayedMarker[], lead: string | undefined, { surface, width, height }: View): Label[] {
    const texts = markers.map(({ van, place }) => {
      const name = this.#world.vans.get(van.id)?.van.name ?? van.id;
      return isKnown(place) ? name : `${name} · ${words.playback.state[place.state]}`;
    });
    const wishes = markers.map(({ van, at }, row) => ({
      ...{ row, width: (texts[row] ?? '').length * 6.6 + 16, always: van.id === lead },
      ...surface.project(...at),
    }));
    return freeLabels(wishes, wishes, { width, height }).flatMap(({ row, offset }) => {
      const marker = markers[row];
      if (marker === undefined) return [];
      const { at, place } = marker;
      return [{ at, text: texts[row] ?? '', offset, selected: false, stale: !isKnown(place) }];
    });
  }
}
