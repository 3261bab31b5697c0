import type { Action } from '../actions.ts';
import type { ConsoleParts } from '../console-context.ts';
import { coordinates } from '../format.ts';
import type { ConsoleState } from '../store.ts';
import type { LonLat } from '../trail/trail-shapes.ts';
import { words } from '../words.ts';
import type { MapScene } from './scene.ts';
import { toolEscaped, toolToggled, trailModes } from './tools.ts';

/** What can be done with the map. */
export function mapActions({ scene }: Pick<ConsoleParts, 'scene'>): Action[] {
  const isDesk = (state: ConsoleState) => state.screen === 'desk';
  const { tools } = scene;
  return [
    {
      // Before every other meaning of the key: what lies on the map goes first.
      id: 'map-close',
      name: words.keys.close,
      keys: ['Escape'],
      keysOnly: true,
      can: (state) => isDesk(state) && toolEscaped(tools.getState()) !== undefined,
      run: () => tools.setState(toolEscaped(tools.getState()) ?? {}),
    },
    {
      id: 'measure',
      name: words.mapTools.measure,
      keys: ['m'],
      can: isDesk,
      run: () => tools.setState(toolToggled(tools.getState(), 'measure')),
    },
    {
      id: 'find-address',
      name: words.mapTools.findAddress,
      keys: ['g'],
      can: isDesk,
      run: () => tools.setState(toolToggled(tools.getState(), 'address')),
    },
    {
      id: 'trail-modes',
      name: words.mapTools.trails,
      keys: ['w'],
      can: isDesk,
      run() {
        const next = trailModes[(trailModes.indexOf(tools.getState().trails) + 1) % trailModes.length] ?? 'selected';
        tools.setState({ trails: next });
        say(scene, words.mapTools.trailModes[next]);
      },
    },
    {
      id: 'show-selected',
      name: words.mapTools.fitSelected,
      keys: ['s'],
      can: (state) => isDesk(state) && state.selection !== undefined,
      run: () => scene.showSelected(),
    },
    {
      id: 'copy-middle',
      name: words.mapTools.copyMiddle,
      keys: ['c'],
      can: isDesk,
      run() {
        const middle = scene.middle();
        if (middle !== undefined) void copyPlace(scene, middle);
      },
    },
    {
      id: 'measure-middle',
      name: words.mapTools.measureMiddle,
      keys: ['Enter'],
      keysOnly: true,
      can: (state) => isDesk(state) && tools.getState().tool === 'measure' && isNothingFocused(),
      run() {
        const middle = scene.middle();
        if (middle !== undefined) scene.measure(middle);
      },
    },
    {
      id: 'measure-back',
      name: words.mapTools.measureBack,
      keys: ['Backspace'],
      keysOnly: true,
      can: (state) => isDesk(state) && tools.getState().tool === 'measure',
      run: () => tools.setState(({ measured }) => ({ measured: measured.slice(0, -1) })),
    },
  ];
}

/** Enter belongs to the button or the list that has the focus. */
function isNothingFocused(): boolean {
  const { activeElement } = document;
  return activeElement === null || activeElement === document.body || activeElement.tagName === 'CANVAS';
}

/** Copies the coordinates of a place, and says so. */
export async function copyPlace(scene: MapScene, [longitude, latitude]: LonLat): Promise<void> {
  const text = coordinates({ latitude, longitude });
  try {
    await navigator.clipboard.writeText(text);
    say(scene, words.mapTools.copied(text));
  } catch {
    // Browsers refuse it on pages without TLS: then it is at least read.
    say(scene, words.mapTools.notCopied(text));
  }
}

function say(scene: MapScene, text: string): void {
  scene.tools.setState({ said: { text, at: Date.now() } });
}
