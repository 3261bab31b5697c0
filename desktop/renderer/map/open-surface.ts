import type { PickingInfo } from '@deck.gl/core';
import type { Console } from '../console.ts';
import { type BaseMap, chooseBaseMap } from './base-map.ts';
import type { MapScene } from './scene.ts';
import type { MapSurface, SurfaceEvents } from './surface.ts';

interface Opening {
  container: HTMLElement;
  console: Console;
  scene: MapScene;
  onHover: (info: PickingInfo) => void;
}

/** The kind of library that was used last, of this browser. */
const lastLibrary = 'vantrail.map-library';
/** After a base map failed, the daemon is asked again this often, ms. */
const askAgain = 10_000;

/**
 * Opens the map the daemon names and hands it to the scene. When that map cannot be shown, the land is, and the
 * console says so; each library comes in its own piece, so that nobody loads the one that is not used.
 */
export function openSurface({ container, console, scene, onHover }: Opening): { close(): void } {
  const { store } = console;
  let surface: MapSurface | undefined;
  let place: HTMLElement | undefined;
  let isClosed = false;
  let again: ReturnType<typeof setTimeout> | undefined;

  const notLoaded = () => store.setState({ base: 'failed' });

  const show = async (base: BaseMap): Promise<void> => {
    const camera = surface?.camera();
    const { colours } = scene;
    const failed = base.kind === 'land' ? base.failed : undefined;
    const events: SurfaceEvents = {
      ready() {
        const land = failed === undefined ? 'land-chosen' : 'land-fallback';
        store.setState({ base: base.kind === 'land' ? land : 'shown' });
      },
      moved: (byHand) => scene.cameraMoved(byHand),
      failed(detail) {
        if (base.kind !== 'land') show({ kind: 'land', failed: detail }).catch(notLoaded);
      },
      hover: onHover,
      click: (info) => scene.clicked(info),
      menu: (at) => scene.menu(at),
    };
    // Each surface has an element of its own: the libraries undo what they did to it when they go.
    const element = document.createElement('div');
    element.className = 'map-canvas';
    container.append(element);
    const wish = { container: element, colours, camera, events };
    let next: MapSurface;
    try {
      next =
        base.kind === 'mapbox'
          ? await (await import('./mapbox-surface.ts')).mapboxSurface({ ...wish, base })
          : await (await import('./maplibre-surface.ts')).mapLibreSurface({ ...wish, base });
    } catch (error) {
      element.remove();
      if (base.kind !== 'land') return show({ kind: 'land', failed: (error as Error).message });
      throw error;
    }
    localStorage.setItem(lastLibrary, base.kind === 'mapbox' ? 'mapbox' : 'maplibre');
    takeAway();
    surface = next;
    place = element;
    if (isClosed) return takeAway();
    if (scene.colours !== colours) surface.recolour(scene.colours);
    scene.use(surface);
  };

  const takeAway = () => {
    surface?.remove();
    place?.remove();
    surface = undefined;
    place = undefined;
  };

  const choose = () => chooseBaseMap(window.fetch.bind(window));

  const begin = async (): Promise<void> => {
    const choosing = choose();
    // The library and the graphics card hold the page for a while: first the list of the last picture is seen.
    const first = console.firstPicture();
    if (first !== undefined) await first.then(painted);
    if (isClosed) return;
    if (!hasWebGl2()) {
      store.setState({ base: 'no-webgl' });
      return;
    }
    // Both at once: the library is on its way while the daemon is asked for the map. Where it was Mapbox last time, it
    // will be again, and nobody loads two libraries.
    if (localStorage.getItem(lastLibrary) !== 'mapbox') import('./maplibre-surface.ts').catch(() => undefined);
    await open(choosing);
  };

  const open = async (choosing: Promise<BaseMap>): Promise<void> => {
    const base = await choosing;
    // A daemon that was away tells its map once it is back. (A style that fails to load is not tried again.)
    if (base.kind === 'land' && base.failed !== undefined) {
      again = setTimeout(() => open(choose()).catch(notLoaded), askAgain);
      if (surface !== undefined) return;
    }
    await show(base);
  };
  // Not even the land: a piece of the console itself is missing, as after an update of the daemon.
  begin().catch(notLoaded);

  const watch = new ResizeObserver(() => {
    surface?.resize();
    scene.redraw();
  });
  watch.observe(container);
  return {
    close() {
      isClosed = true;
      clearTimeout(again);
      watch.disconnect();
      scene.use(undefined);
      takeAway();
    },
  };
}

/** When what was just shown is on the screen. A window that is hidden draws nothing, and is not waited for. */
function painted(): Promise<void> {
  if (document.hidden) return Promise.resolve();
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

function hasWebGl2(): boolean {
  const probe = document.createElement('canvas').getContext('webgl2');
  probe?.getExtension('WEBGL_lose_context')?.loseContext();
  return probe !== null;
}
