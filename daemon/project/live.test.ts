import { afterAll, describe, expect, it } from 'vitest';
import { at, device, fix, moved, position, Story, tidy, van } from './story.fixture.ts';

afterAll(tidy);

const seconds = (fixTime: number | undefined) => (fixTime === undefined ? undefined : (fixTime - at(0)) / 1000);
const shows = (story: Story, vanId: string) => seconds(story.live.van('pune', vanId)?.fixTime);

describe('live', () => {
  it('shows a van where its newest fix is, and moves forward by fixTime only', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('t1', 'v1'));
    expect(story.live.van('pune', 'v1')).toBeUndefined();
    await story.tell(position(fix('t1', 0, 0)));
    await story.tell(position(fix('t1', 20, 200)), position(fix('t1', 10, 100)));
    expect(story.live.van('pune', 'v1')).toEqual(fix('t1', 20, 200));
    await story.tell(position(fix('t1', 15, 150)));
    expect(story.live.van('pune', 'v1')).toEqual(fix('t1', 20, 200));
    expect(story.moves).toEqual([['v1'], ['v1']]);
    await story.end();
  });

  it('keeps agencies apart', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('t1', 'v1'), position(fix('t1', 0, 0)));
    await story.tell(position(fix('t1', 50, 0), 'nagpur'));
    expect(shows(story, 'v1')).toBe(0);
    expect(story.live.van('nagpur', 'v1')).toBeUndefined();
    await story.end();
  });

  it('never shows a jump or a vague fix, and gets over a bad first one', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('t1', 'v1'));
    await story.tell(position(fix('t1', 0, 90_000)));
    await story.tell(position(fix('t1', 10, 0)));
    expect(shows(story, 'v1')).toBe(0);
    await story.tell(position(fix('t1', 20, 100)));
    expect(shows(story, 'v1')).toBe(20);
    await story.tell(position(fix('t1', 30, 200, { accuracy: 3000 })));
    await story.tell(position(fix('t1', 40, 70_000)));
    expect(shows(story, 'v1')).toBe(20);
    await story.tell(position(fix('t1', 50, 400)));
    await story.tell(position(fix('t1', 60, 500)));
    expect(shows(story, 'v1')).toBe(60);
    await story.end();
  });

  it('takes the first of two fixes of one time', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('t1', 'v1'), position(fix('t1', 0, 0)), position(fix('t1', 10, 100)));
    await story.tell(position(fix('t1', 10, 130)));
    expect(story.live.van('pune', 'v1')).toEqual(fix('t1', 10, 100));
    expect(story.moves).toHaveLength(1);
    await story.end();
  });

  it('does not take a backlog for news', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('t1', 'v1'), position(fix('t1', 0, 0)), position(fix('t1', 10, 100)));
    await story.tell(position(fix('t1', 600, 5000)), position(fix('t1', 610, 5100)));
    story.moves.length = 0;
    for (let second = 590; second > 10; second -= 10) await story.tell(position(fix('t1', second, second * 8)));
    expect(shows(story, 'v1')).toBe(610);
    expect(story.moves).toEqual([]);
    await story.end();
  });

  it('shows the spare phone only once the tracker is not fresh any more', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('tracker', 'v1'), device('phone', 'v1', 0, 'phone'));
    for (let second = 0; second <= 100; second += 10) {
      await story.tell(position(fix('tracker', second, second)), position(fix('phone', second + 5, second + 60)));
    }
    expect(story.live.van('pune', 'v1')?.device).toBe('tracker');
    await story.tell(position(fix('phone', 160, 160)));
    expect(shows(story, 'v1')).toBe(100);
    await story.tell(position(fix('phone', 161, 160)));
    expect(story.live.van('pune', 'v1')).toEqual(fix('phone', 161, 160));
    await story.tell(position(fix('tracker', 150, 150)));
    expect(story.live.van('pune', 'v1')).toEqual(fix('tracker', 150, 150));
    await story.end();
  });

  it('waits two intervals of a slow tracker', async () => {
    const story = await Story.begin();
    await story.tell(van('v1'), device('tracker', 'v1'), device('phone', 'v1', 0, 'phone'));
    for (const second of [0, 120, 240, 360]) await story.tell(position(fix('tracker', second, 0)));
    await story.tell(position(fix('phone', 590, 0)));
    expect(shows(story, 'v1')).toBe(360);
    await story.tell(position(fix('phone', 601, 0)));
    expect(shows(story, 'v1')).toBe(601);
    await story.end();
  });

  it('leaves a van its last fix when the device moves to another', async () => {
    const story = await Story.begin();
    await story.tell(van('a'), van('b'), device('t1', 'a'), position(fix('t1', 0, 0)), position(fix('t1', 10, 100)));
    await story.tell(moved('t1', 'b', 15));
    expect([shows(story, 'a'), shows(story, 'b')]).toEqual([10, undefined]);
    await story.tell(position(fix('t1', 20, 200)));
    expect([shows(story, 'a'), shows(story, 'b')]).toEqual([10, 20]);
    // Sent late: it was still on van a then.
    await story.tell(position(fix('t1', 14, 140)));
    expect([shows(story, 'a'), shows(story, 'b')]).toEqual([14, 20]);
    expect(story.moves.at(-1)).toEqual(['a']);
    await story.end();
  });

  it('shows the same when it hears of the move only afterwards', async () => {
    const story = await Story.begin();
    await story.tell(van('a'), van('b'), device('t1', 'a'));
    for (const second of [0, 10, 20, 30]) await story.tell(position(fix('t1', second, second * 10)));
    expect([shows(story, 'a'), shows(story, 'b')]).toEqual([30, undefined]);
    await story.tell(moved('t1', 'b', 15));
    expect([shows(story, 'a'), shows(story, 'b')]).toEqual([10, 30]);
    expect(story.moves.at(-1)).toEqual(['a', 'b']);
    await story.end();
  });

  it('shows what a device sent before anyone had heard of it', async () => {
    const story = await Story.begin();
    await story.tell(position(fix('t1', 0, 0)), position(fix('t1', 10, 2500)));
    await story.tell(device('t1', 'v1'));
    expect(shows(story, 'v1')).toBe(0);
    await story.tell(van('v1', 'aircraft'));
    expect(shows(story, 'v1')).toBe(10);
    await story.end();
  });
});
