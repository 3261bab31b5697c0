import { createConsole } from '../../desktop/renderer/console.ts';
import { openSurface } from '../../desktop/renderer/map/open-surface.ts';
import { MapScene } from '../../desktop/renderer/map/scene.ts';
import type { Session } from '../../desktop/renderer/session.ts';
import { createConsoleStore } from '../../desktop/renderer/store.ts';
import { HandOver } from './hand-over.ts';
import { setDataMap } from './set-data.ts';

/**
 * The page of the map bench: the console's map without its panels, or the same world handed to MapLibre as GeoJSON.
 * `?side=ours|set-data&zoom=12`. What the bench asks for lies on `window.bench`.
 */
const asked = new URLSearchParams(location.search);
const store = createConsoleStore(Date.now());
const never = () => Promise.reject(new Error('the bench has no such thing'));
const session: Session = {
  token: async () => 'bench',
  read: never,
  write: never,
  send: never,
  fetch: never,
  signIn: never,
  invitation: never,
  accept: never,
  signOut: never,
  signedIn: () => false,
};
const console = createConsole({ store, session, feedUrl: () => `ws://${location.host}/feed` });

const handOver = new HandOver();
const bench = { state: store.getState, frames: 0, taken: 0, handOver };
Object.assign(window, { bench });
console.listen({
  moved() {
    // Says in the trace where one tick ends and the next begins.
    performance.mark('vantrail.tick');
  },
  vansChanged() {},
  consumersChanged() {},
});

const container = document.getElementById('map');
if (container === null) throw new Error('the page has no place for the map');
const zoom = Number(asked.get('zoom') ?? 12);
if (asked.get('side') === 'set-data') {
  setDataMap({ container, console, zoom, handOver, onFrame: () => bench.frames++, onTaken: () => bench.taken++ });
} else {
  const { listen } = console;
  console.listen = (listener) => {
    const { moved } = listener;
    return listen({
      ...listener,
      moved: (entries) => {
        handOver.begin(() => moved(entries));
        // The columns have it: the next picture shows it, whenever that is.
        bench.taken++;
      },
    });
  };
  const scene = new MapScene({
    console,
    colours: asked.get('colours') === 'dark' ? 'dark' : 'light',
    isStill: () => false,
  });
  // The bench looks at one place at one zoom, whichever side draws it.
  let drew = false;
  const use = scene.use.bind(scene);
  scene.use = (surface) => {
    if (surface !== undefined) {
      const { setLayers } = surface;
      surface.setLayers = (layers) => {
        bench.frames++;
        drew = true;
        setLayers(layers);
      };
      surface.fit = () => surface.go({ longitude: 78.6, latitude: 21.14, zoom }, 0);
    }
    use(surface);
  };
  // Of all that happens in a frame, the scene's part is that in which layers are handed over.
  const request = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = (callback) =>
    request((time) => {
      drew = false;
      const start = performance.now();
      callback(time);
      const busy = performance.now() - start;
      if (drew) handOver.took(busy);
    });
  scene.start();
  openSurface({ container, console, scene, onHover() {} });
}
console.start();
