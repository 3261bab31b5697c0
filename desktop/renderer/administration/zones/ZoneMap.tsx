import { useComputedColorScheme } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { LatLon } from '../../../../protocol/geo.ts';
import type { ZoneShape } from '../../../../protocol/zone.ts';
import { useParts } from '../../console-context.ts';
import { chooseBaseMap } from '../../map/base-map.ts';
import { extentOf } from '../../map/extent.ts';
import type { Colours, MapSurface, SurfaceEvents } from '../../map/surface.ts';
import { spoken } from '../words/spoken.ts';
import { zonesWords } from '../words/zones.ts';
import { outlineOf, zoneLayers } from './zone-layers.ts';

/** A small map on which a zone is drawn by clicking. The fields beside it do the same without a mouse. */
export function ZoneMap(props: { draft: ZoneShape; others: readonly ZoneShape[]; click: (at: LatLon) => void }) {
  const { draft, others } = props;
  const { console } = useParts();
  const say = spoken(zonesWords);
  const colours = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const frame = useRef<HTMLDivElement>(null);
  const [surface, setSurface] = useState<MapSurface>();
  const [failed, setFailed] = useState(false);
  const click = useRef(props.click);
  click.current = props.click;
  const first = useRef({ draft, others });

  useEffect(() => {
    const container = frame.current;
    if (container === null) return;
    let isClosed = false;
    let opened: MapSurface | undefined;
    const events = {
      click: ({ coordinate: [longitude, latitude] = [] }) => {
        if (longitude !== undefined && latitude !== undefined) click.current({ latitude, longitude });
      },
    } as Partial<SurfaceEvents>;
    openSurface(container, colours, events).then(
      (made) => {
        opened = made;
        if (isClosed) return made.remove();
        const box = extentOf(placesToShow(first.current, console));
        if (box !== undefined) made.fit(box, 0);
        setSurface(made);
      },
      () => setFailed(true),
    );
    const watch = new ResizeObserver(() => opened?.resize());
    watch.observe(container);
    return () => {
      isClosed = true;
      watch.disconnect();
      opened?.remove();
      container.replaceChildren();
      setSurface(undefined);
    };
  }, [console, colours]);
  useEffect(() => surface?.setLayers(zoneLayers(draft, others)), [surface, draft, others]);

  return (
    <section className="zone-map" aria-label={say.map}>
      <div ref={frame} className="map zone-map-frame" />
      {failed && <p className="map-note middle">{say.mapFailed}</p>}
    </section>
  );
}

async function openSurface(frame: HTMLElement, colours: Colours, events: Partial<SurfaceEvents>): Promise<MapSurface> {
  const base = await chooseBaseMap(window.fetch.bind(window));
  const none = () => undefined;
  const open = async (on: typeof base): Promise<MapSurface> => {
    const container = document.createElement('div');
    container.className = 'map-canvas';
    frame.replaceChildren(container);
    const all = { ready: none, moved: none, failed: none, hover: none, click: none, menu: none, ...events };
    const wish = { container, colours, camera: undefined, events: all };
    return on.kind === 'mapbox'
      ? (await import('../../map/mapbox-surface.ts')).mapboxSurface({ ...wish, base: on })
      : (await import('../../map/maplibre-surface.ts')).mapLibreSurface({ ...wish, base: on });
  };
  return open(base).catch((error) => (base.kind === 'land' ? Promise.reject(error) : open({ kind: 'land' })));
}

/** The zone itself; else the others, the godown, the vans, the middle of the agency. */
function placesToShow(
  { draft, others }: { draft: ZoneShape; others: readonly ZoneShape[] },
  { world, store }: ReturnType<typeof useParts>['console'],
): LatLon[] {
  const points = (shape: ZoneShape) => outlineOf(shape).map(([longitude, latitude]) => ({ latitude, longitude }));
  const own = points(draft);
  if (own.length > 0) return own;
  const vans = [...world.vans.values()].flatMap(({ position }) => position ?? []);
  const there = [...others.flatMap(points), ...vans];
  const { agency } = store.getState();
  if (agency?.godown !== undefined) there.push(agency.godown);
  if (there.length === 0 && agency?.mapCentre !== undefined) there.push(agency.mapCentre);
  if (there.length === 0 && agency?.latitude !== undefined && agency.longitude !== undefined) {
    there.push({ latitude: agency.latitude, longitude: agency.longitude });
  }
  return there;
}
