import type { Color, Layer } from '@deck.gl/core';
import { LineLayer, ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import type { LonLat } from '../trail/trail-shapes.ts';
import { words } from '../words.ts';
import type { World } from '../world/world.ts';
import type { View } from './view.ts';

const present: Record<View['colours'], Color> = { light: [92, 100, 113, 255], dark: [163, 173, 187, 255] };
const suggested: Record<View['colours'], Color> = { light: [224, 82, 10, 255], dark: [255, 146, 72, 255] };
const paper: Record<View['colours'], Color> = { light: [255, 255, 255, 255], dark: [23, 27, 34, 255] };

interface Pin {
  at: LonLat;
  colour: Color;
  name: string;
}

/** Where a consumer's door is and where he says it is: two pins, the way from one to the other, and which is which. */
export function pinPairLayers({ state, colours }: View, world: Pick<World, 'consumers'>): Layer[] {
  const { comparedPin } = state;
  const consumer = comparedPin === undefined ? undefined : world.consumers.get(comparedPin)?.consumer;
  if (consumer?.suggestedPin === undefined) return [];
  const { latitude, longitude, suggestedPin } = consumer;
  const to: Pin = {
    at: [suggestedPin.longitude, suggestedPin.latitude],
    colour: suggested[colours],
    name: words.requests.pinSuggested,
  };
  const from: Pin | undefined =
    latitude === undefined || longitude === undefined
      ? undefined
      : { at: [longitude, latitude], colour: present[colours], name: words.requests.pinOld };
  const pins = from === undefined ? [to] : [from, to];
  return [
    new LineLayer<Pin>({
      id: 'pin-pair-way',
      data: from === undefined ? [] : [from],
      getSourcePosition: (pin) => pin.at,
      getTargetPosition: () => to.at,
      getColor: to.colour,
      getWidth: 2.5,
      widthUnits: 'pixels',
      updateTriggers: { getColor: colours, getTargetPosition: to.at },
    }),
    new ScatterplotLayer<Pin>({
      id: 'pin-pair',
      data: pins,
      getPosition: (pin) => pin.at,
      radiusUnits: 'pixels',
      getRadius: 9,
      stroked: true,
      lineWidthUnits: 'pixels',
      getLineWidth: 3,
      getFillColor: (pin) => pin.colour,
      getLineColor: paper[colours],
      updateTriggers: { getFillColor: colours, getLineColor: colours },
    }),
    new TextLayer<Pin>({
      id: 'pin-pair-names',
      data: pins,
      getText: (pin) => pin.name,
      getPosition: (pin) => pin.at,
      getPixelOffset: [0, 23],
      getSize: 12,
      getColor: (pin) => pin.colour,
      fontFamily: "'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans Devanagari', 'Liberation Sans', sans-serif",
      fontWeight: 700,
      fontSettings: { fontSize: 48, buffer: 6 },
      characterSet: 'auto',
      background: true,
      backgroundPadding: [7, 3],
      backgroundBorderRadius: 6,
      getBackgroundColor: paper[colours],
      updateTriggers: { getColor: colours, getBackgroundColor: colours },
    }),
  ];
}
