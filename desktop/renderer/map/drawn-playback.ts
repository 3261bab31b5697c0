import type { Layer, PickingInfo } from '@deck.gl/core';
import { IconLayer, LineLayer, ScatterplotLayer } from '@deck.gl/layers';
import type { PlayedVan } from '../playback/load-van.ts';
import { fixAt, type PlayedPlace, placeAt } from '../playback/played-trail.ts';
import type { Player } from '../playback/player.ts';
import { rgbOf, vanColour } from '../playback/van-colours.ts';
import { bandOf, type DrawnPoint, dashes, type LonLat } from '../trail/trail-shapes.ts';
import { words } from '../words.ts';
import type { World } from '../world/world.ts';
import { freeLabels } from './labels.ts';
import { type Label, labelLayer } from './layers.ts';
import { drawMarkers, markerMapping } from './marker-art.ts';
import { askedFixes, drivenPieces, type PlayedColumns, playedColumns } from './played-columns.ts';
import type { PlayedScene } from './scene.ts';
import type { Colours } from './surface.ts';
import { casing, trailColours } from './trail-colours.ts';
import type { View } from './view.ts';

/** Fixes of all vans together that answer to the mouse. */
const mostAsked = 20_000;
/** Places that "show all" looks at, for each van. */
const mostPlaces = 2000;
/** A casing under the line lifts it off the map; under many lines it would only hide the others. */
const mostCased = 4;
const pointsId = 'playback-points';
const faint = { light: [70, 84, 104, 105], dark: [176, 190, 208, 100] } as const;
const silent = { light: [84, 92, 105], dark: [190, 198, 210] } as const;

interface Drawn {
  van: PlayedVan;
  columns: PlayedColumns;
  dashes: { from: LonLat; to: LonLat; after: number }[];
}
interface Asked {
  van: PlayedVan;
  index: number;
  at: LonLat;
}
interface Marker {
  van: PlayedVan;
  place: PlayedPlace;
  at: LonLat;
  rgb: [number, number, number];
}
type Names = Pick<World, 'vans'>;

/**
 * The vans of a playback at the played time: what they have driven, what is still to come, faint, and the markers. The
 * lines lie on the graphics card from the beginning; a step of the clock only changes how many pieces are drawn.
 */
export class DrawnPlayback implements PlayedScene {
  readonly #player: Player;
  readonly #world: Names;
  readonly #atlas = drawMarkers();
  #drawn: readonly Drawn[] = [];
  #asked: readonly Asked[] = [];
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
    layers.push(pointLayer(this.#asked));
    layers.push(...this.#markerLayers(markers, lead), labelLayer(this.#labels(markers, lead, view), colours));
    return layers;
  }

  followed(): LonLat | undefined {
    const { vans, time, follows, lead } = this.#player.store.getState();
    const van = follows ? vans.find(({ id }) => id === lead) : undefined;
    const place = van && placeAt(van.trail, time);
    return place && [place.longitude, place.latitude];
  }

  movedByHand(): void {
    if (this.#player.store.getState().follows) this.#player.store.setState({ follows: false });
  }

  places(): { latitude: number; longitude: number }[] {
    const { vans } = this.#player.store.getState();
    return vans.flatMap(({ trail }) => askedFixes(trail, mostPlaces).map(({ index }) => fixAt(trail, index)));
  }

  pointAt({ layer, index }: PickingInfo): DrawnPoint | undefined {
    const asked = layer?.id === pointsId ? this.#asked[index] : undefined;
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
    const each = Math.floor(mostAsked / Math.max(1, vans.length));
    this.#asked = vans.flatMap((van) => askedFixes(van.trail, each).map((fix) => ({ van, ...fix })));
  }

  #markers(time: number, colours: Colours): Marker[] {
    const { vanIds } = this.#player.store.getState();
    return this.#drawn.flatMap(({ van }) => {
      const place = placeAt(van.trail, time);
      if (place === undefined) return [];
      const rgb = rgbOf(vanColour(vanIds.indexOf(van.id), colours));
      return [{ van, place, rgb, at: [place.longitude, place.latitude] as LonLat }];
    });
  }

  #markerLayers(markers: Marker[], lead: string | undefined): Layer[] {
    const kindOf = (id: string) => this.#world.vans.get(id)?.van.kind ?? 'van';
    const status = {
      moving: 'moving',
      standing: 'stopped',
      silent: 'silent',
      before: 'silent',
      after: 'silent',
    } as const;
    const rings = markers.length > 1 ? markers : [];
    return [
      new ScatterplotLayer<Marker>({
        id: 'playback-rings',
        data: rings,
        getPosition: ({ at }) => at,
        radiusUnits: 'pixels',
        getRadius: ({ van }) => (van.id === lead ? 27 : 23),
        stroked: true,
        lineWidthUnits: 'pixels',
        getLineWidth: 3.5,
        getFillColor: ({ rgb }) => [...rgb, 60],
        getLineColor: ({ rgb, place }) => [...rgb, isKnown(place) ? 255 : 120],
      }),
      new IconLayer<Marker>({
        id: 'playback-vans',
        data: markers,
        // deck.gl takes a canvas here; its types name only addresses and textures.
        iconAtlas: this.#atlas as unknown as string,
        iconMapping: markerMapping,
        getIcon: ({ van, place }) => `${kindOf(van.id)}-${status[place.state]}`,
        getPosition: ({ at }) => at,
        getAngle: ({ place }) => -place.course,
        getSize: markers.length > 1 ? 42 : 50,
        getColor: ({ place }) => [0, 0, 0, isKnown(place) ? 255 : 190],
        sizeUnits: 'pixels',
        alphaCutoff: 0.1,
      }),
    ];
  }

  /** Names where there is room for them; that of the leading van always. */
  #labels(markers: Marker[], lead: string | undefined, { surface, width, height }: View): Label[] {
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

const isKnown = ({ state }: PlayedPlace) => state === 'moving' || state === 'standing';

/** What is not driven yet, and the straight lines over silences, which nobody drove. */
function toCome({ van, columns, dashes }: Drawn, time: number, colours: Colours): Layer[] {
  const passed = dashes.filter(({ after }) => after <= time).length;
  return [
    new LineLayer({
      id: `playback-to-come-${van.id}`,
      data: { length: columns.length, attributes: withoutColour(columns) },
      getColor: [...faint[colours]],
      getWidth: 2.5,
      widthUnits: 'pixels',
      updateTriggers: { getColor: colours },
    }),
    new LineLayer<(typeof dashes)[number]>({
      id: `playback-gaps-${van.id}`,
      data: dashes,
      getSourcePosition: ({ from }) => from,
      getTargetPosition: ({ to }) => to,
      getColor: ({ after }) => [...silent[colours], after <= time ? 235 : 90],
      getWidth: 2.5,
      widthUnits: 'pixels',
      updateTriggers: { getColor: [colours, passed] },
    }),
  ];
}

const uncoloured = new WeakMap<PlayedColumns, Omit<PlayedColumns['attributes'], 'getColor'>>();
function withoutColour(columns: PlayedColumns): Omit<PlayedColumns['attributes'], 'getColor'> {
  let made = uncoloured.get(columns);
  if (made === undefined) {
    const { getColor: _, ...rest } = columns.attributes;
    made = rest;
    uncoloured.set(columns, made);
  }
  return made;
}

/** What is driven, up to the marker. */
function driven({ van, columns }: Drawn, { place, at, rgb }: Marker, vans: number, colours: Colours): Layer[] {
  const length = drivenPieces(van.trail, Math.max(0, place.index));
  const last = fixAt(van.trail, Math.max(0, place.index));
  const tip =
    place.state === 'moving' || place.state === 'standing' ? [{ from: [last.longitude, last.latitude], to: at }] : [];
  const tipColour = vans > 1 ? rgb : (trailColours[colours][bandOf(place.speed ?? 0)] as [number, number, number]);
  const { getPosition, getFillColor } = columns.joints;
  const layers: Layer[] = [];
  if (vans <= mostCased) {
    layers.push(
      new LineLayer({
        id: `playback-casing-${van.id}`,
        data: { length, attributes: withoutColour(columns) },
        getColor: casing[colours],
        getWidth: 8,
        widthUnits: 'pixels',
        updateTriggers: { getColor: colours },
      }),
    );
  }
  layers.push(
    new LineLayer({
      id: `playback-driven-${van.id}`,
      data: { length, attributes: columns.attributes },
      getWidth: 4.5,
      widthUnits: 'pixels',
    }),
    new ScatterplotLayer({
      id: `playback-joints-${van.id}`,
      data: { length, attributes: { getPosition, getFillColor } },
      radiusUnits: 'pixels',
      getRadius: 2.25,
    }),
    new LineLayer<{ from: LonLat; to: LonLat }>({
      id: `playback-tip-${van.id}`,
      data: tip as { from: LonLat; to: LonLat }[],
      getSourcePosition: ({ from }) => from,
      getTargetPosition: ({ to }) => to,
      getColor: [...tipColour.slice(0, 3), 255] as [number, number, number, number],
      getWidth: 4.5,
      widthUnits: 'pixels',
      updateTriggers: { getColor: tipColour.join() },
    }),
  );
  return layers;
}

function dashesOf({ trail }: PlayedVan): Drawn['dashes'] {
  return trail.silences.flatMap(({ index, hasMoved, from: after }) => {
    if (!hasMoved) return [];
    const [a, b] = [fixAt(trail, index), fixAt(trail, index + 1)];
    const gap = { from: [a.longitude, a.latitude] as LonLat, to: [b.longitude, b.latitude] as LonLat };
    return dashes(gap).map((dash) => ({ ...dash, after }));
  });
}

/** Unseen dots on the fixes, so that the mouse can ask for time and speed, and a click goes there. */
function pointLayer(asked: readonly Asked[]): Layer {
  return new ScatterplotLayer<Asked>({
    id: pointsId,
    data: asked as Asked[],
    getPosition: ({ at }) => at,
    radiusUnits: 'pixels',
    getRadius: 6,
    getFillColor: [0, 0, 0, 0],
    pickable: true,
    autoHighlight: true,
    highlightColor: [255, 255, 255, 255],
  });
}
