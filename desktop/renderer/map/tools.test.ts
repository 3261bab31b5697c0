import { describe, expect, it } from 'vitest';
import { createMapTools, toolEscaped, toolToggled } from './tools.ts';

describe('the tools of the map', () => {
  it('are one at a time', () => {
    const tools = createMapTools();
    tools.setState(toolToggled(tools.getState(), 'measure'));
    tools.setState({ measured: [[78, 21]] });
    tools.setState(toolToggled(tools.getState(), 'address'));
    expect(tools.getState()).toMatchObject({ tool: 'address', measured: [] });
    tools.setState(toolToggled(tools.getState(), 'address'));
    expect(tools.getState().tool).toBe('none');
  });

  it('go by Escape, the newest first, and then leave the key to others', () => {
    const tools = createMapTools();
    const found = { text: 'Tank Road', latitude: 21, longitude: 78, source: 'street' as const };
    tools.setState({ tool: 'measure', measured: [[78, 21]], found, menu: { at: [78, 21], x: 1, y: 1 } });
    const seen = [];
    for (;;) {
      const next = toolEscaped(tools.getState());
      if (next === undefined) break;
      tools.setState(next);
      const { menu, tool, found } = tools.getState();
      seen.push([menu !== undefined, tool, found !== undefined]);
    }
    expect(seen).toEqual([
      [false, 'measure', true],
      [false, 'none', true],
      [false, 'none', false],
    ]);
  });
});
