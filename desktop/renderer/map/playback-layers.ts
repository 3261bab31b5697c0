import type { Layer } from '@deck.gl/core';
import { IconLayer, LineLayer, ScatterplotLayer } from '@deck.gl/layers';
import type { VanKind } from '../../../protocol/registry.ts';
import type { PlayedVan } from '../playback/load-van.ts';
import type { PlayedStop } from '../playback/motion-facts.ts';
import { fixAt, type PlayedPlace } from '../playback/played-trail.ts';
import { bandOf, dashes, type LonLat } from '../trail/trail-shapes.ts';
import type { DrawnAtlas } from './mark-atlas.ts';
import { markerCell, markerMapping } from './marker-art.ts';
import { drivenPieces, type PlayedColumns } from './played-columns.ts';
import type { Colours } from './surface.ts';
import { casing, trailColours } from './trail-colours.ts';

/** The way of one van, made once. */
export interface PlayedWay {
  van: PlayedVan;
  columns: PlayedColumns;
  /** over silences; `after`: when it fell silent, UTC ms */
  dashes: { from: LonLat; to: LonLat; after: number }[];
}
/** A fix that answers to the mouse. */
export interface AskedFix {
  van: PlayedVan;
  index: number;
  at: LonLat;
}
/** A van at the played time. */
export interface PlayedMarker {
  van: PlayedVan;
  kind: VanKind;
  place: PlayedPlace;
  at: LonLat;
  rgb: [number, number, number];
}

export const playedPointsId = 'playback-points';
/** A casing under the line lifts it off the map; under many lines it would only hide the others. */
const mostCased = 4;
const faint = { light: [70, 84, 104, 105], dark: [176, 190, 208, 100] } as const;
const stopColour = { light: [20, 135, 90], dark: [47, 179, 124] } as const;
const silent = { light: [84, 92, 105], dark: [190, 198, 210] } as const;

export const isKnown = ({ state }: PlayedPlace): boolean => state === 'moving' || state === 'standing';

/** The markers; of several vans each with a ring in its colour, that of the leading one wider. */
export function markerLayers(markers: PlayedMarker[], lead: string | undefined, atlas: DrawnAtlas): Layer[] {
  const status = {
    moving: 'moving',
    standing: 'stopped',
    silent: 'silent',
    before: 'silent',
    after: 'silent',
  } as const;
  const rings = markers.length > 1 ? markers : [];
  return [
    new ScatterplotLayer<PlayedMarker>({
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
    new IconLayer<PlayedMarker>({
      id: 'playback-vans',
      data: markers,
      // deck.gl takes a canvas here; its types name only addresses and textures.
      iconAtlas: atlas.picture as unknown as string,
      iconMapping: markerMapping,
      getIcon: ({ kind, place }) => String(markerCell(kind, status[place.state])),
      getPosition: ({ at }) => at,
      getAngle: ({ place }) => -place.course,
      getSize: markers.length > 1 ? 42 : 50,
      getColor: ({ place }) => [0, 0, 0, isKnown(place) ? 255 : 190],
      sizeUnits: 'pixels',
      alphaCutoff: 0.1,
    }),
  ];
}

/** What is not driven yet, and the straight lines over silences, which nobody drove. */
export function toCome({ van, columns, dashes }: PlayedWay, time: number, colours: Colours): Layer[] {
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
export function driven(
  { van, columns }: PlayedWay,
  { place, at, rgb }: PlayedMarker,
  vans: number,
  colours: Colours,
): Layer[] {
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

/** Where the vans stood; stops that are still to come are pale. */
export function stopLayer(stops: readonly PlayedStop[], time: number, colours: Colours): Layer {
  const passed = stops.filter(({ from }) => from <= time).length;
  return new ScatterplotLayer<PlayedStop>({
    id: 'playback-stops',
    data: stops as PlayedStop[],
    getPosition: ({ longitude, latitude }) => [longitude, latitude],
    radiusUnits: 'pixels',
    getRadius: 5.5,
    stroked: true,
    lineWidthUnits: 'pixels',
    getLineWidth: 2,
    getFillColor: ({ from }) => [...stopColour[colours], from <= time ? 255 : 110],
    getLineColor: ({ from }) => (colours === 'dark' ? [12, 15, 20, from <= time ? 255 : 110] : [255, 255, 255, 230]),
    updateTriggers: { getFillColor: [colours, passed], getLineColor: [colours, passed] },
  });
}

export function dashesOf({ trail }: PlayedVan): PlayedWay['dashes'] {
  return trail.silences.flatMap(({ index, hasMoved, from: after }) => {
    if (!hasMoved) return [];
    const [a, b] = [fixAt(trail, index), fixAt(trail, index + 1)];
    const gap = { from: [a.longitude, a.latitude] as LonLat, to: [b.longitude, b.latitude] as LonLat };
    return dashes(gap).map((dash) => ({ ...dash, after }));
  });
}

/** Unseen dots on the fixes, so that the mouse can ask for time and speed, and a click goes there. */
export function pointLayer(asked: readonly AskedFix[]): Layer {
  return new ScatterplotLayer<AskedFix>({
    id: playedPointsId,
    data: asked as AskedFix[],
    getPosition: ({ at }) => at,
    radiusUnits: 'pixels',
    getRadius: 6,
    getFillColor: [0, 0, 0, 0],
    pickable: true,
    autoHighlight: true,
    highlightColor: [255, 255, 255, 255],
  });
}
