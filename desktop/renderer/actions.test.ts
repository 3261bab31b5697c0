import { describe, expect, it } from 'vitest';
import { type Action, consoleActions } from './actions.ts';
import type { ConsoleParts } from './console-context.ts';
import { createMapTools } from './map/tools.ts';
import { createConsoleStore } from './store.ts';
import { World } from './world/world.ts';

/** As much of the parts as naming the actions needs. */
function actions(): readonly Action[] {
  const console = { store: createConsoleStore(0), world: new World(), now: () => 0 };
  return consoleActions({
    console,
    scene: { tools: createMapTools() },
    alerts: {},
    notes: {},
  } as unknown as ConsoleParts);
}

describe('the actions of the console', () => {
  it('have an id and a name each', () => {
    const all = actions();
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(all.filter(({ name }) => !name)).toEqual([]);
  });

  it('share no key but where one of them ends the other', () => {
    const byKey = Map.groupBy(
      actions().flatMap(({ id, keys = [] }) => keys.map((key) => ({ id, key }))),
      ({ key }) => key,
    );
    const shared = [...byKey].filter(([, those]) => those.length > 1);
    // The desk and the administration lead to each other; a playback has the keys of the map while it is open.
    expect(shared.map(([key]) => key).sort()).toEqual(['Escape', 'f', 'mod+,', 's'].sort());
  });
});
