import { cpSync, existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, it } from 'vitest';
import { fold, Journey, morning, told } from '../domain/motion.fixture.ts';
import { MemoryLog } from '../log/memory.ts';
import { device, folder, moved, Story, tidy, van } from './story.fixture.ts';
import { agencyEvent, FoldStory, sent } from './van-folds.fixture.ts';
import type { AnyStep } from './van-folds-state.ts';

afterAll(tidy);

const minute = 60_000;
const round = () => new Journey().stands(20).drives(4000).stands(5).drives(6000).stands(40);
const asTold = [
  'stop 08:00–08:19',
  'trip 08:19–08:28 4.0 km',
  'stop 08:28–08:32',
  'trip 08:32–08:45 6.0 km',
  'stop 08:45–',
];
/** Seconds from six in the morning, as events in stories have it, to the time of a fix. */
const seconds = (time: number) => (time - morning) / 1000 + 7200;

describe('the folds of a van', () => {
  it('find in order what motion finds, and tell it as it happens', async () => {
    const story = await FoldStory.begin();
    await story.tell(van('v1'), device('t1', 'v1'), ...sent('t1', round().fixes));
    expect(story.told('v1')).toEqual(asTold);
    expect(story.heard).toEqual(asTold.slice(0, 4).map((each) => `v1 now ${each}`));
    expect(story.motion.state('pune', 'v1', morning + 90 * minute)).toMatchObject({ state: 'parked' });
    await story.end();
  });

  it('a backlog after a dead zone: newest first, then the old ones; history is mended, nothing happens now', async () => {
    const story = await FoldStory.begin();
    const { fixes } = round();
    // Nothing from 08:22 to 08:40 gets through; then what is new, then what was kept.
    const lost = fixes.filter(({ fixTime }) => fixTime >= morning + 22 * minute && fixTime < morning + 40 * minute);
    const rest = fixes.filter((fix) => !lost.includes(fix));
    await story.tell(van('v1'), device('t1', 'v1'), ...sent('t1', rest));
    expect(story.told('v1')).toEqual([
      'stop 08:00–08:19',
      'trip 08:19–08:21 0.9 km silent',
      'gap 08:21–08:40 6.6 km',
      'trip 08:40–08:45 2.5 km',
      'stop 08:45–',
    ]);
    const before = story.heard.length;
    await story.tell(...sent('t1', lost.toReversed()));
    expect(story.told('v1')).toEqual(asTold);
    expect(story.heard.slice(before)).toEqual([
      'v1 not trip 08:19–08:21 0.9 km silent',
      'v1 not gap 08:21–08:40 6.6 km',
      'v1 not trip 08:40–08:45 2.5 km',
      'v1 late trip 08:19–08:28 4.0 km',
      'v1 late stop 08:28–08:32',
      'v1 late trip 08:32–08:45 6.0 km',
    ]);
    await story.end();
  });

  it('one late fix in a long standstill changes nothing, and nothing is told', async () => {
    const story = await FoldStory.begin();
    const { fixes } = new Journey({ every: 60 }).stands(30).drives(4000).stands(600).drives(2000).stands(30);
    const [late] = fixes.splice(300, 1);
    await story.tell(van('v1'), device('t1', 'v1'), ...sent('t1', fixes));
    const before = [story.heard.length, story.facts('v1')];
    await story.tell(...sent('t1', late === undefined ? [] : [late]));
    expect(story.facts('v1')).toEqual(before[1]);
    expect(story.heard).toHaveLength(before[0] as number);
    await story.end();
  });

  it('are gone through again for the van that something has changed for, and for no other', async () => {
    const taken: string[] = [];
    const watching: AnyStep = {
      name: 'watching',
      initial: () => ({}),
      next: (state, _fix, { vanId }) => {
        taken.push(vanId);
        return state;
      },
      copy: () => ({}),
    };
    const story = await FoldStory.begin({ more: [watching] });
    for (const id of ['1', '2']) {
      await story.tell(van(`v${id}`), device(`t${id}`, `v${id}`), ...sent(`t${id}`, round().fixes));
    }
    const again = (vanId?: string) => {
      taken.length = 0;
      story.folds.changed('pune', morning, vanId);
      for (const id of ['v1', 'v2']) story.told(id);
      return [...new Set(taken)];
    };
    expect(again('v2')).toEqual(['v2']);
    expect(again('v3')).toEqual([]);
    expect(again()).toEqual(['v1', 'v2']);
    await story.end();
  });

  it('are the same after a restart in mid-trip, and nothing is told twice', async () => {
    const { fixes } = round();
    const file = `${folder()}/projections.sqlite`;
    for (const kill of [false, true]) {
      const first = await FoldStory.begin({ file: kill ? `${file}-kill` : file, saveEveryMs: 0 });
      await first.tell(van('v1'), device('t1', 'v1'), ...sent('t1', fixes.slice(0, 215)));
      const ends = first.motion.state('pune', 'v1', morning + 36 * minute);
      expect(ends).toMatchObject({ state: 'moving', current: { kind: 'trip' } });
      if (!kill) await first.projector.stop();
      const copy = `${folder()}/projections.sqlite`;
      for (const suffix of ['', '-wal'])
        if (existsSync(first.file + suffix)) cpSync(first.file + suffix, copy + suffix);
      const again = await FoldStory.begin({ file: copy, log: first.log });
      expect(again.motion.state('pune', 'v1', morning + 36 * minute)).toEqual(ends);
      await again.tell(...sent('t1', fixes.slice(215)));
      expect(again.told('v1')).toEqual(asTold);
      expect([...first.heard.slice(0, 3), ...again.heard]).toEqual(asTold.slice(0, 4).map((each) => `v1 now ${each}`));
      await again.end();
      if (kill) await first.end();
    }
  });

  it('a device that is moved takes its fixes along, from the time of the move', async () => {
    const story = await FoldStory.begin();
    const { fixes } = round();
    await story.tell(van('v1'), van('v2'), device('t1', 'v1'), ...sent('t1', fixes));
    expect(story.told('v2')).toEqual([]);
    // Said at noon: since half past eight it is on the other van.
    await story.tell(moved('t1', 'v2', seconds(morning + 30 * minute)));
    expect(story.told('v1')).toEqual(['stop 08:00–08:19', 'trip 08:19–08:29 4.0 km silent']);
    expect(story.told('v2')).toEqual(['stop 08:30–08:32', 'trip 08:32–08:45 6.0 km', 'stop 08:45–']);
    expect(story.heard.slice(4)).toContain('v1 not trip 08:32–08:45 6.0 km');
    await story.end();
  });

  it('fixes may come before their device is known', async () => {
    const story = await FoldStory.begin();
    await story.tell(...sent('t1', round().fixes));
    await story.tell(van('v1'), device('t1', 'v1'));
    expect(story.told('v1')).toEqual(asTold);
    await story.end();
  });

  it('are found anew when there is another step, which learns of the past too', async () => {
    const file = `${folder()}/projections.sqlite`;
    const first = await FoldStory.begin({ file });
    await first.tell(van('v1'), device('t1', 'v1'), ...sent('t1', round().fixes));
    await first.end();
    const hours: AnyStep = {
      name: 'hours',
      initial: () => ({ hour: -1 }),
      next: (state, fix, context, emit) => {
        const hour = Math.floor(fix.fixTime / 3_600_000);
        if (hour !== (state as { hour: number }).hour) emit({ kind: `${context.motion?.doing}`, from: fix.fixTime });
        return { hour };
      },
      copy: (state) => ({ ...(state as object) }),
    };
    const again = await FoldStory.begin({ file, log: first.log, more: [hours] });
    expect(again.told('v1')).toEqual(asTold);
    expect(again.folds.facts('pune', 'v1', 'hours', 0, Date.now())).toEqual([
      { kind: 'stopped', from: morning },
      { kind: 'parked', from: morning + 60 * minute },
    ]);
    expect(again.heard.every((each) => each.startsWith('v1 late '))).toBe(true);
    await again.end();
  });

  it('of a daemon that has kept trails for long are found in those, further back than the log reaches', async () => {
    const long = new Journey({ every: 10 });
    for (let hour = 0; hour < 40; hour++) long.stands(40).drives(5000).stands(10);
    const { fixes } = long;
    const records = [van('v1'), device('t1', 'v1'), ...sent('t1', fixes)];
    const direct = await FoldStory.begin();
    await direct.tell(...records);
    const expected = direct.facts('v1');
    expect(expected.filter(({ kind }) => kind === 'trip')).toHaveLength(40);
    const { log } = direct;
    const before = await Story.begin({ log });
    await before.projector.stop();
    // The same log and file, but the folds are new.
    const file = `${folder()}/projections.sqlite`;
    cpSync(before.file, file);
    const adopting = await FoldStory.begin({ file, log });
    expect(adopting.facts('v1')).toEqual(expected);
    await adopting.end();
    // The log has forgotten all fixes but the last one.
    const short = new MemoryLog({ life: 'another' });
    const other = await FoldStory.begin({ file: before.file, log: short });
    await other.tell(van('v1'), device('t1', 'v1'), ...sent('t1', fixes.slice(-1)));
    expect(other.facts('v1')).toEqual(expected);
    await other.end();
    // The log alone.
    const rebuilt = await FoldStory.begin({ log });
    expect(rebuilt.facts('v1')).toEqual(expected);
    for (const story of [rebuilt, direct]) await story.end();
  });

  it('keep few checkpoints of what is long ago, and no facts older than trails are kept', async () => {
    const long = new Journey({ every: 60 });
    for (let hour = 0; hour < 96; hour++) long.stands(50).drives(5000);
    const file = `${folder()}/projections.sqlite`;
    const end = long.time;
    const story = await FoldStory.begin({ file, now: () => end });
    await story.tell(van('v1'), device('t1', 'v1'), ...sent('t1', long.fixes));
    await story.end();
    const db = new Database(file);
    const count = (from: number, to: number) =>
      db
        .prepare<[number, number], { n: number }>(
          'SELECT count(*) AS n FROM van_checkpoint WHERE time >= ? AND time < ?',
        )
        .get(end - from * 60 * minute, end - to * 60 * minute)?.n ?? 0;
    expect(count(1, 0)).toBe(4);
    expect(count(34, 4)).toBe(30);
    expect(count(90, 38)).toBeLessThan(12);
    expect(count(90, 38)).toBeGreaterThan(1);
    db.close();
    // Three years later.
    const late = await FoldStory.begin({ file, log: story.log, now: () => end + 3 * 365 * 24 * 60 * minute });
    expect(late.facts('v1').filter(({ kind }) => kind === 'trip').length).toBeGreaterThan(90);
    await late.tell(...sent('t1', [{ fixTime: end + 60 * minute, latitude: 18.5, longitude: 73.8 }]));
    late.projector.saveNow();
    expect(late.facts('v1').length).toBeLessThan(6);
    await late.end();
  });

  it('answer the facts of a period', async () => {
    const story = await FoldStory.begin();
    await story.tell(van('v1'), device('t1', 'v1'), ...sent('t1', round().fixes));
    const within = (from: number, to: number) =>
      story.motion
        .trips('pune', 'v1', morning + from * minute, morning + to * minute, morning + 100 * minute)
        .map(told);
    expect(within(0, 100)).toEqual(asTold);
    expect(within(20, 30)).toEqual(asTold.slice(1, 3));
    expect(within(90, 95)).toEqual(asTold.slice(4));
    expect(within(-10, 0)).toEqual([]);
    // Half of them are in the file, and the answers are the same.
    story.projector.saveNow();
    expect(within(20, 30)).toEqual(asTold.slice(1, 3));
    expect(within(0, 100)).toEqual(asTold);
    await story.end();
  });
});

describe("an agency's settings", () => {
  const day = () =>
    new Journey().drives(2000).stands(1.5).drives(2000).stands(30).drives(2000).stands(1.5).drives(2000);

  it('hold for the fixes from then on, whichever comes first', async () => {
    const { fixes } = day();
    const noon = morning + 20 * minute;
    const settings = [agencyEvent(morning - minute, 0), agencyEvent(noon, 1, { stopAfter: 60 })];
    const expected = ['trip 08:00–08:09 4.0 km', 'stop 08:09–08:39', 'trip 08:39–08:43 2.0 km', 'stop 08:43–08:44'];
    const before = await FoldStory.begin();
    await before.tell(...settings, van('v1'), device('t1', 'v1'), ...sent('t1', fixes));
    expect(before.told('v1').slice(0, 4)).toEqual(expected);
    const after = await FoldStory.begin();
    await after.tell(van('v1'), device('t1', 'v1'), ...sent('t1', fixes), ...settings);
    expect(after.facts('v1')).toEqual(before.facts('v1'));
    expect(fold(fixes).told.slice(0, 4)).not.toEqual(expected);
    for (const story of [before, after]) await story.end();
  });

  it('of an event that lost its race are none', async () => {
    const story = await FoldStory.begin();
    await story.tell(agencyEvent(morning, 0), agencyEvent(morning, 1, { stopAfter: 60 }));
    await story.tell(agencyEvent(morning + 1, 1, { stopAfter: 600 }));
    expect(story.settings.at('pune', morning + 5).stopAfter).toBe(60);
    expect(story.settings.at('pune', morning - 1).stopAfter).toBe(120);
    await story.end();
  });
});
