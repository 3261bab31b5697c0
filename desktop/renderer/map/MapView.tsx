import { ActionIcon, Loader, Tooltip, useComputedColorScheme } from '@mantine/core';
import { IconArrowsMaximize, IconMinus, IconPlus } from '@tabler/icons-react';
import { useEffect, useRef, useState } from 'react';
import { useConsole, useParts } from '../console-context.ts';
import { words } from '../words.ts';
import { type HoverPlace, HoverTip } from './HoverTip.tsx';
import { MapTools, ScaleBar, useTools } from './MapTools.tsx';
import { openSurface } from './open-surface.ts';

/** The map and its few controls. What is drawn on it, the scene decides. */
export function MapView() {
  const { console, scene } = useParts();
  const container = useRef<HTMLDivElement>(null);
  const colours = useComputedColorScheme('light', { getInitialValueInEffect: false });
  const [hover, setHover] = useState<HoverPlace>();
  const base = useConsole((state) => state.base);
  const tool = useTools((state) => state.tool);

  useEffect(() => {
    const element = container.current;
    if (element === null) return;
    const opening = openSurface({
      container: element,
      console,
      scene,
      onHover(info) {
        const under = scene.hovered(info);
        setHover(under === undefined ? undefined : { under, x: info.x, y: info.y });
      },
    });
    return () => opening.close();
  }, [console, scene]);

  useEffect(() => scene.recolour(colours), [scene, colours]);

  return (
    <section className="map" aria-label={words.map.label} data-tool={tool}>
      <div ref={container} className="map-frame" />
      {base === 'loading' && (
        <div className="map-note" role="status">
          <Loader size="xs" aria-hidden="true" /> {words.map.loading}
        </div>
      )}
      {base === 'land-fallback' && (
        <div className="map-note" role="status">
          {words.map.landOnly}
        </div>
      )}
      {(base === 'no-webgl' || base === 'failed') && (
        <div className="map-note middle" role="alert">
          {base === 'failed' ? words.map.failed : words.map.noWebGl}
        </div>
      )}
      {hover !== undefined && <HoverTip {...hover} />}
      <ScaleBar />
      <div className="map-buttons">
        <MapButton label={words.map.zoomIn} onClick={() => scene.zoom(1)} icon={<IconPlus size={18} />} />
        <MapButton label={words.map.zoomOut} onClick={() => scene.zoom(-1)} icon={<IconMinus size={18} />} />
        <MapButton label={words.map.showAll} onClick={() => scene.showAll()} icon={<IconArrowsMaximize size={17} />} />
      </div>
      <MapTools />
    </section>
  );
}

function MapButton({ label, icon, onClick }: { label: string; icon: React.ReactNode; onClick: () => void }) {
  return (
    <Tooltip label={label} position="left">
      <ActionIcon variant="default" size={36} aria-label={label} onClick={onClick}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
