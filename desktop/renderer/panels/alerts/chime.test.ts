import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createChime } from './chime.ts';

let played: number[];
let made: number;
let clock: number;
let page: EventTarget;
beforeEach(() => {
  played = [];
  made = 0;
  clock = 0;
  page = new EventTarget();
  class Node {
    gain = { setValueAtTime() {}, linearRampToValueAtTime() {}, exponentialRampToValueAtTime() {} };
    connect(next: unknown) {
      return next;
    }
    start(at: number) {
      played.push(at);
    }
    stop() {}
  }
  vi.stubGlobal('OscillatorNode', Node);
  vi.stubGlobal('GainNode', Node);
});
afterEach(() => vi.unstubAllGlobals());
const chime = () =>
  createChime({
    window: page as unknown as Window,
    context: () => {
      made++;
      return { currentTime: 5, destination: {}, close: async () => {} } as unknown as AudioContext;
    },
    now: () => clock,
  });

it('is silent until a person has used the page, and makes no sound system before', () => {
  const { ring } = chime();
  ring();
  expect([made, played]).toEqual([0, []]);
  page.dispatchEvent(new Event('keydown'));
  page.dispatchEvent(new Event('pointerdown'));
  expect(made).toBe(1);
  ring();
  expect(played).toEqual([5, 5.16]);
});

it('alerts that open together are one noise', () => {
  const { ring } = chime();
  page.dispatchEvent(new Event('pointerdown'));
  ring();
  clock = 2999;
  ring();
  expect(played).toHaveLength(2);
  clock = 3000;
  ring();
  expect(played).toHaveLength(4);
});

it('hears nothing any more once it has ended', () => {
  const { ring, stop } = chime();
  stop();
  page.dispatchEvent(new Event('keydown'));
  ring();
  expect([made, played]).toEqual([0, []]);
});
