import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OverlayFrames } from './overlay-frames.ts';

/** The frames that the display was asked for; `next` lets one of them come. */
function display() {
  const asked = new Map<number, (time: number) => void>();
  let last = 0;
  vi.stubGlobal('requestAnimationFrame', (callback: (time: number) => void) => {
    asked.set(++last, callback);
    return last;
  });
  vi.stubGlobal('cancelAnimationFrame', (id: number) => asked.delete(id));
  return {
    asked,
    next() {
      const callbacks = [...asked.values()];
      asked.clear();
      for (const callback of callbacks) callback(performance.now());
    },
  };
}

/** A loop like deck.gl's: draws, and asks for the next frame; asleep, since nobody has pointed at the map for long. */
function opened() {
  const screen = display();
  const container = new EventTarget();
  const frames = new OverlayFrames(container as HTMLElement);
  const provider = frames.props.animationFrameProvider;
  const drawn = vi.fn(() => {
    provider.requestAnimationFrame(drawn);
  });
  vi.advanceTimersByTime(1000);
  provider.requestAnimationFrame(drawn);
  return { screen, container, frames, provider, drawn };
}

const layers = () => [{ id: 'vans' }, { id: 'names' }] as never[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the frames of the overlay', () => {
  it('are those in which the scene shows layers, at once and only once', async () => {
    const { frames, drawn, screen } = opened();
    frames.show(layers(), () => {});
    await Promise.resolve();
    const before = drawn.mock.calls.length;
    frames.show(layers(), () => {});
    frames.show(layers(), () => {});
    expect(drawn).toHaveBeenCalledTimes(before);
    await Promise.resolve();
    expect(drawn).toHaveBeenCalledTimes(before + 1);
    vi.advanceTimersByTime(1000);
    screen.next();
    expect(screen.asked.size).toBe(0);
  });

  it('hand over layers that are others, and draw the same ones without a word', async () => {
    const { frames, drawn } = opened();
    const handOver = vi.fn();
    const same = layers();
    frames.show(same, handOver);
    await Promise.resolve();
    frames.show([...same], handOver);
    await Promise.resolve();
    expect(handOver).toHaveBeenCalledTimes(1);
    expect(drawn).toHaveBeenCalledTimes(2);
    frames.show(layers(), handOver);
    expect(handOver).toHaveBeenCalledTimes(2);
  });

  it('come one after another while somebody points at the map, and end a little later', () => {
    const { container, screen, drawn } = opened();
    expect(screen.asked.size).toBe(0);
    container.dispatchEvent(new Event('pointermove'));
    for (let i = 0; i < 5; i++) screen.next();
    expect(drawn).toHaveBeenCalledTimes(5);
    vi.advanceTimersByTime(400);
    screen.next();
    expect(drawn).toHaveBeenCalledTimes(6);
    expect(screen.asked.size).toBe(0);
  });

  it('come by themselves now and then, for what nobody tells of', () => {
    const { drawn } = opened();
    vi.advanceTimersByTime(500);
    expect(drawn).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(500);
    expect(drawn).toHaveBeenCalledTimes(2);
  });

  it('come no more when the overlay is taken away', () => {
    const { provider, container, drawn, screen } = opened();
    provider.cancelAnimationFrame();
    container.dispatchEvent(new Event('wheel'));
    vi.advanceTimersByTime(5000);
    screen.next();
    expect(drawn).not.toHaveBeenCalled();
  });
});
