import { ActionIcon, SegmentedControl, Tooltip } from '@mantine/core';
import { IconCopy, IconMapSearch, IconRoute, IconRuler2, IconTrash, IconX, IconZoomScan } from '@tabler/icons-react';
import { type ReactNode, useEffect } from 'react';
import { useStore } from 'zustand';
import { useConsole, useParts } from '../console-context.ts';
import { coordinates, lengthText } from '../format.ts';
import { words } from '../words.ts';
import { AddressSearch } from './AddressSearch.tsx';
import { copyPlace } from './map-actions.ts';
import { measuredLength } from './tool-layers.ts';
import { type MapToolState, toolToggled, trailModes } from './tools.ts';

/** How long a word of the map stays, ms. */
const saidFor = 4000;

export function useTools<T>(pick: (state: MapToolState) => T): T {
  return useStore(useParts().scene.tools, pick);
}

/** The strip of tools beside the map's other buttons, and what they open. */
export function MapTools() {
  const { scene } = useParts();
  const tool = useTools((state) => state.tool);
  const trails = useTools((state) => state.trails);
  const hasSelection = useConsole((state) => state.selection !== undefined);
  const toggle = (which: 'measure' | 'address' | 'trails') =>
    scene.tools.setState(toolToggled(scene.tools.getState(), which));
  return (
    <>
      <div className="map-buttons tools" role="toolbar" aria-label={words.mapTools.label} aria-orientation="vertical">
        <ToolButton
          label={words.mapTools.fitSelected}
          icon={<IconZoomScan size={18} />}
          disabled={!hasSelection}
          onClick={() => scene.showSelected()}
        />
        <ToolButton
          label={`${words.mapTools.trails}: ${words.mapTools.trailModes[trails]}`}
          icon={<IconRoute size={18} />}
          pressed={tool === 'trails'}
          onClick={() => toggle('trails')}
        />
        <ToolButton
          label={words.mapTools.measure}
          icon={<IconRuler2 size={18} />}
          pressed={tool === 'measure'}
          onClick={() => toggle('measure')}
        />
        <ToolButton
          label={words.mapTools.findAddress}
          icon={<IconMapSearch size={18} />}
          pressed={tool === 'address'}
          onClick={() => toggle('address')}
        />
      </div>
      {tool === 'measure' && <Measure />}
      {tool === 'trails' && <Trails />}
      {tool === 'address' && <AddressSearch />}
      <PlaceMenu />
      <Said />
      <SomeTrails />
    </>
  );
}

interface ToolButtonProps {
  label: string;
  icon: ReactNode;
  onClick: () => void;
  pressed?: boolean;
  disabled?: boolean;
}

function ToolButton({ label, icon, onClick, pressed, disabled = false }: ToolButtonProps) {
  return (
    <Tooltip label={label} position="left">
      <ActionIcon
        variant="default"
        size={36}
        aria-label={label}
        aria-pressed={pressed}
        aria-disabled={disabled}
        data-off={disabled}
        onClick={() => {
          if (!disabled) onClick();
        }}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

/** Which trails are drawn, and what the kinds of lines mean. */
function Trails() {
  const { scene } = useParts();
  const trails = useTools((state) => state.trails);
  return (
    <section className="tool-panel trails" aria-label={words.mapTools.trails}>
      <SegmentedControl
        orientation="vertical"
        fullWidth
        size="sm"
        aria-label={words.mapTools.trailsHint}
        value={trails}
        onChange={(value) => scene.tools.setState({ trails: trailModes.find((mode) => mode === value) ?? 'selected' })}
        data={trailModes.map((mode) => ({ value: mode, label: words.mapTools.trailModes[mode] }))}
      />
      <ul className="line-kinds">
        <li>
          <span className="line-kind driven" /> {words.mapTools.driven}
        </li>
        <li>
          <span className="line-kind planned" /> {words.mapTools.planned}
        </li>
        <li>
          <span className="line-kind own" /> {words.mapTools.ownPath}
        </li>
        <li>
          <span className="line-kind gap" /> {words.trail.gap}
        </li>
        <li>
          <span className="line-kind stop" /> {words.mapTools.stops}
        </li>
      </ul>
    </section>
  );
}

function Measure() {
  const { scene } = useParts();
  const measured = useTools((state) => state.measured);
  return (
    <>
      <div className="measure-middle" aria-hidden="true" />
      <section className="tool-panel" aria-label={words.mapTools.measure}>
        <p className="tool-value" role="status">
          {measured.length < 2 ? words.mapTools.measureNothing : lengthText(measuredLength(measured))}
        </p>
        <p className="tool-hint">{words.mapTools.measureHint}</p>
        <div className="tool-acts">
          <button type="button" disabled={measured.length === 0} onClick={() => scene.tools.setState({ measured: [] })}>
            <IconTrash size={15} aria-hidden="true" /> {words.mapTools.measureClear}
          </button>
          <button type="button" onClick={() => scene.tools.setState({ tool: 'none', measured: [] })}>
            <IconX size={15} aria-hidden="true" /> {words.mapTools.measureEnd}
          </button>
        </div>
      </section>
    </>
  );
}

/** What can be done with a place that was clicked with the other button. */
function PlaceMenu() {
  const { scene } = useParts();
  const menu = useTools((state) => state.menu);
  useEffect(() => {
    if (menu === undefined) return;
    const close = (event: Event) => {
      if (event.target instanceof Element && event.target.closest('.place-menu') !== null) return;
      scene.tools.setState({ menu: undefined });
    };
    window.addEventListener('pointerdown', close);
    window.addEventListener('wheel', close);
    return () => {
      window.removeEventListener('pointerdown', close);
      window.removeEventListener('wheel', close);
    };
  }, [menu, scene]);
  if (menu === undefined) return null;
  const { at, x, y } = menu;
  return (
    <div className="place-menu" role="menu" aria-label={words.mapTools.menu} style={{ left: x, top: y }}>
      <p className="mono">{coordinates({ longitude: at[0], latitude: at[1] })}</p>
      <button
        type="button"
        role="menuitem"
        // It was opened by the mouse; whoever goes on with the keyboard finds the first thing at once.
        ref={(element) => element?.focus({ preventScroll: true })}
        onClick={() => {
          scene.tools.setState({ menu: undefined });
          void copyPlace(scene, at);
        }}
      >
        <IconCopy size={15} aria-hidden="true" /> {words.mapTools.copyHere}
      </button>
      <button
        type="button"
        role="menuitem"
        onClick={() => scene.tools.setState({ menu: undefined, tool: 'measure', measured: [at] })}
      >
        <IconRuler2 size={15} aria-hidden="true" /> {words.mapTools.measureFromHere}
      </button>
    </div>
  );
}

function Said() {
  const { scene } = useParts();
  const said = useTools((state) => state.said);
  useEffect(() => {
    if (said === undefined) return;
    const timer = setTimeout(() => scene.tools.setState({ said: undefined }), saidFor);
    return () => clearTimeout(timer);
  }, [said, scene]);
  return (
    <div className="map-said" role="status">
      {said !== undefined && <p>{said.text}</p>}
    </div>
  );
}

function SomeTrails() {
  const some = useTools((state) => state.someTrails);
  if (some === undefined || (!some.loading && some.shown >= some.all)) return null;
  return (
    <p className="map-note trails" role="status">
      {some.loading ? words.mapTools.trailsLoading : words.mapTools.trailsSome(some.shown, some.all)}
    </p>
  );
}

/** How long a stretch on the ground is on the screen. */
export function ScaleBar() {
  const scale = useTools((state) => state.scale);
  if (scale === undefined) return null;
  const text = lengthText(scale.metres);
  return (
    <div className="map-scale" role="img" aria-label={words.mapTools.scale(text)} style={{ width: scale.width }}>
      {text}
    </div>
  );
}
