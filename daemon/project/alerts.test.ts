import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { acknowledgeAlert, assignAlert, muteVan, setAlertRules, snoozeAlert } from '../domain/decide-alert.ts';
import { bookOrder } from '../domain/decide-order.ts';
import { AlertBed, hour, minute, nine } from './alerts.fixture.ts';
import { tidy } from './story.fixture.ts';

afterAll(tidy);

describe('the alerts of a daemon', () => {
  it('open and close by themselves, and tell each once', async () => {
    const bed = await AlertBed.ofPune(2);
    await bed.drive(5, 1, 2);
    await bed.drive(12, 2);
    expect(bed.open()).toEqual(['Van 1: silent since 09:05; it is usually heard every 30 s']);
    await bed.drive(20, 1, 2);
    expect(bed.open()).toEqual([]);
    expect(bed.news).toEqual([
      '8.5 opened silent Van 1: silent since 09:05; it is usually heard every 30 s',
      '15.5 closed silent Van 1: silent since 09:05; it is usually heard every 30 s',
    ]);
    const id = `silent:v1:${nine + 5 * minute}`;
    expect(bed.changed).toEqual([id, id]);
    expect(bed.view.alert('pune', id)).toMatchObject({ closedBy: 'over', vanId: 'v1', version: 0 });
    expect(bed.view.alert('elsewhere', id)).toBeUndefined();
    await bed.end();
  });

  it('fold a storm of vans, and tell the rest when it ends', async () => {
    const all = [1, 2, 3, 4, 5, 6];
    const bed = await AlertBed.ofPune(6);
    await bed.drive(5, ...all);
    await bed.drive(15);
    expect(bed.open()).toEqual(['6 vans silent since 09:05: network']);
    await bed.drive(20, 1, 2, 3, 4, 5);
    expect(bed.open()).toEqual(['Van 6: silent since 09:05; it is usually heard every 30 s']);
    expect(bed.news.map((line) => line.split(' ').slice(1, 3).join(' '))).toEqual([
      'opened silent-many',
      'opened silent',
      'closed silent-many',
    ]);
    await bed.end();
  });

  it('come with a backlog without raising anything about what is past', async () => {
    const bed = await AlertBed.ofPune(2);
    await bed.drive(5, 1, 2);
    await bed.drive(30, 2);
    const backlog = Array.from({ length: 50 }, (_, i) => bed.fix(1, 5.5 + i / 2));
    // Oldest first, some at a time, the clock ticking in between.
    for (let i = 0; i < 50; i += 10) {
      await bed.tell(...backlog.slice(i, i + 10));
      bed.tick();
    }
    await bed.drive(40, 1, 2);
    expect(bed.news.filter((line) => line.includes('opened'))).toHaveLength(1);
    expect(bed.open()).toEqual([]);
    await bed.end();
  });

  it('are there after a restart, acknowledged as they were, and told to nobody again', async () => {
    const bed = await AlertBed.ofPune(2);
    await bed.drive(5, 1, 2);
    await bed.drive(12, 2);
    const id = `silent:v1:${nine + 5 * minute}`;
    await bed.does(acknowledgeAlert(bed.view, 'pune', id));
    await bed.end();

    bed.clock.now += 3 * minute;
    const again = await AlertBed.begin({ log: bed.log, file: bed.file, clock: bed.clock });
    again.tick();
    await again.drive(30, 2);
    expect(again.news).toEqual([]);
    expect([...again.view.open('pune')]).toMatchObject([
      { id, openedAt: nine + 8.5 * minute, acknowledged: { by: 'DISPATCHER:dev' }, version: 1 },
    ]);
    await again.drive(40, 1, 2);
    expect(again.news).toHaveLength(1);
    expect(again.news[0]).toContain('closed silent');
    await again.end();
  });

  it('give a van that was not heard because the daemon was away the time to speak', async () => {
    const bed = await AlertBed.ofPune(2);
    await bed.drive(5, 1, 2);
    await bed.end();
    bed.clock.now += 60 * minute;
    const again = await AlertBed.begin({ log: bed.log, file: bed.file, clock: bed.clock });
    await again.drive(67, 1);
    expect(again.open()).toEqual([]);
    await again.drive(70, 1);
    expect(again.news).toEqual(['67.5 opened silent Van 2: silent since 09:05; it is usually heard every 30 s']);
    await again.end();
  });

  it('are found again from the log alone, and nobody is told', async () => {
    const bed = await AlertBed.ofPune(2);
    await bed.does(bookOrder(bed.orders, 'pune', { id: 'o1', consumerId: 'c1' }));
    await bed.drive(5, 1, 2);
    await bed.drive(12, 2);
    const id = `silent:v1:${nine + 5 * minute}`;
    await bed.does(assignAlert(bed.view, 'pune', id, 'dev'));
    await bed.does(setAlertRules(bed.view, 'pune', { 'norm-risk': { hours: 47 } }), 'ADMIN:anu');
    bed.clock.now = nine + 2 * hour;
    await bed.tell(bed.fix(2, 120));
    bed.tick();
    const open = bed.open();
    expect(open).toHaveLength(2);
    await bed.end();
    for (const end of ['', '-wal', '-shm']) rmSync(bed.file + end, { force: true });

    bed.clock.now += 10 * minute;
    const rebuilt = await AlertBed.begin({ log: bed.log, file: bed.file, clock: bed.clock });
    await rebuilt.drive(135, 2);
    expect(rebuilt.open()).toEqual(open);
    expect(rebuilt.news).toEqual([]);
    expect([...rebuilt.view.open('pune')].map(({ quiet }) => quiet)).toEqual([true, true]);
    expect(rebuilt.view.rules('pune')).toMatchObject({ version: 1, rules: { 'norm-risk': { hours: 47 } } });
    expect(rebuilt.view.alert('pune', id)).toMatchObject({ assigned: { to: 'dev' } });
    // What is new is told.
    await rebuilt.drive(145);
    expect(rebuilt.news).toHaveLength(1);
    await rebuilt.end();
  });

  it('forget those that closed 90 days ago', async () => {
    const bed = await AlertBed.ofPune(1);
    await bed.drive(5, 1);
    await bed.drive(12);
    await bed.drive(20, 1);
    const id = `silent:v1:${nine + 5 * minute}`;
    bed.clock.now += 89 * 24 * hour;
    bed.projector.saveNow();
    expect(bed.view.alert('pune', id)).toBeDefined();
    bed.clock.now += 2 * 24 * hour;
    bed.projector.saveNow();
    expect(bed.view.alert('pune', id)).toBeUndefined();
    await bed.end();
  });

  it('are not told while the log has a problem, but that it has', async () => {
    let log: { problem?: string; hears: boolean } = {
      problem: 'the disk is full since 09:06; free some',
      hears: false,
    };
    const bed = await AlertBed.ofPune(2, { sources: { log: () => log } });
    await bed.drive(5, 1, 2);
    await bed.drive(15);
    expect(bed.open()).toEqual(['The log has a problem: the disk is full since 09:06; free some']);
    log = { hears: true };
    await bed.drive(18);
    expect(bed.open()).toEqual([
      'Van 1: silent since 09:05; it is usually heard every 30 s',
      'Van 2: silent since 09:05; it is usually heard every 30 s',
    ]);
    await bed.end();
  });
});

describe('what people do with alerts', () => {
  const story = async () => {
    const bed = await AlertBed.ofPune(2);
    await bed.drive(5, 1, 2);
    await bed.drive(12, 2);
    return { bed, id: `silent:v1:${nine + 5 * minute}` };
  };

  it('is kept, with a version that the next change may name', async () => {
    const { bed, id } = await story();
    await bed.does(acknowledgeAlert(bed.view, 'pune', id));
    await bed.does(acknowledgeAlert(bed.view, 'pune', id), 'ADMIN:anu');
    await bed.does(assignAlert(bed.view, 'pune', id, 'dev'));
    expect(bed.view.alert('pune', id)).toMatchObject({
      acknowledged: { by: 'DISPATCHER:dev' },
      assigned: { to: 'dev' },
      version: 2,
    });
    const stale = await bed.commands.execute(assignAlert(bed.view, 'pune', id, null), {
      actor: 'ADMIN:anu',
      ifMatch: 1,
    });
    expect(stale).toMatchObject({ ok: false, kind: 'stale', current: { version: 2 } });
    await bed.does(assignAlert(bed.view, 'pune', id, null));
    expect(bed.view.alert('pune', id)).not.toHaveProperty('assigned');
    await bed.end();
  });

  it('is refused of alerts that are not there, or closed', async () => {
    const { bed, id } = await story();
    const refused = (which: string) =>
      bed.commands.execute(acknowledgeAlert(bed.view, 'pune', which), { actor: 'ADMIN:anu' });
    expect(await refused('silent:v9:1')).toMatchObject({ kind: 'missing' });
    await bed.drive(20, 1, 2);
    expect(await refused(id)).toMatchObject({ kind: 'invalid', detail: `alert ${id} has closed` });
    await bed.end();
  });

  it('can be a snooze: it tells when it wakes', async () => {
    const { bed, id } = await story();
    const past = await bed.commands.execute(snoozeAlert(bed.view, 'pune', id, bed.clock.now), { actor: 'ADMIN:anu' });
    expect(past).toMatchObject({ kind: 'invalid', detail: 'until: lies in the past' });
    await bed.does(snoozeAlert(bed.view, 'pune', id, nine + 20 * minute));
    bed.changed.length = 0;
    await bed.drive(19, 2);
    expect(bed.view.alert('pune', id)).toMatchObject({ snoozed: { until: nine + 20 * minute } });
    expect(bed.changed).toEqual([id]);
    await bed.drive(21, 2);
    expect(bed.changed).toEqual([id, id]);
    await bed.end();
  });

  it('can be to mute kinds for a van, for a time', async () => {
    const { bed, id } = await story();
    await bed.does(muteVan(bed.view, 'pune', 'v1', [{ kind: 'silent', until: nine + 30 * minute }]));
    await bed.drive(13, 2);
    expect(bed.view.alert('pune', id)).toMatchObject({ closedBy: 'muted' });
    await bed.drive(29, 2);
    expect(bed.open()).toEqual([]);
    await bed.drive(31, 2);
    expect(bed.open()).toHaveLength(1);
    expect(bed.view.muted('pune', 'v1')).toEqual({ muted: [], version: 1 });
    expect(bed.news.filter((line) => line.includes('opened'))).toHaveLength(1);
    await bed.end();
  });

  it('can be other rules, which hold at once', async () => {
    const { bed } = await story();
    await bed.does(setAlertRules(bed.view, 'pune', { silent: { missedIntervals: 100 } }), 'ADMIN:anu');
    await bed.drive(16, 2);
    expect(bed.open()).toEqual([]);
    expect(bed.view.rulesAt('pune', nine).silent.missedIntervals).toBe(5);
    expect(bed.view.rulesAt('pune', bed.clock.now).silent.missedIntervals).toBe(100);
    const wrong = await bed.commands.execute(setAlertRules(bed.view, 'pune', { 'battery-low': { percent: 5 } }), {
      actor: 'ADMIN:anu',
    });
    expect(wrong).toMatchObject({ kind: 'invalid' });
    await bed.end();
  });

  it('is the same at every daemon, whatever it calls the alert', async () => {
    const { bed, id } = await story();
    const other = await AlertBed.begin({ log: bed.log, clock: bed.clock });
    await bed.does(acknowledgeAlert(bed.view, 'pune', id));
    other.tick();
    await other.drive(18, 2);
    expect([...other.view.open('pune')]).toMatchObject([{ id, acknowledged: { by: 'DISPATCHER:dev' } }]);
    // Two daemons decide at once on the same version: one wins, the other is decided anew and finds it done.
    const [a, b] = await Promise.all([
      bed.commands.execute(assignAlert(bed.view, 'pune', id, 'dev'), { actor: 'DISPATCHER:dev' }),
      other.commands.execute(assignAlert(other.view, 'pune', id, 'ela'), { actor: 'DISPATCHER:ela' }),
    ]);
    expect([a.ok, b.ok]).toEqual([true, true]);
    // The second one began later, and found it there.
    const { quiet, ...there } = other.view.alert('pune', id) ?? {};
    expect(quiet).toBe(true);
    expect(bed.view.alert('pune', id)).toEqual({ ...there, openedAt: nine + 8.5 * minute });
    expect(bed.view.alert('pune', id)?.version).toBe(3);
    await other.end();
    await bed.end();
  });
});

describe('a turn in portions', () => {
  it('takes what changes meanwhile, now or with the next one, and opens nothing before its end', async () => {
    const steps: (() => boolean)[] = [];
    const bed = await AlertBed.ofPune(150, { inPortions: (step) => void steps.push(step) });
    const turn = () => {
      bed.tick();
      const step = steps.pop();
      while (step?.() === true);
    };
    bed.clock.now = nine + 5 * minute;
    for (const minutes of [3, 3.5, 4, 4.5, 5]) {
      await bed.tell(...Array.from({ length: 150 }, (_, i) => bed.fix(i + 1, minutes)));
    }
    turn();
    bed.clock.now = nine + 12 * minute;
    const others = Array.from({ length: 150 }, (_, i) => i + 1).filter((van) => ![1, 2, 150].includes(van));
    await bed.tell(...others.map((van) => bed.fix(van, 12)));
    bed.tick();
    const [step] = steps.splice(0);
    expect(step?.()).toBe(true);
    // Vans 1 and 2 have been looked at, van 150 has not.
    await bed.tell(bed.fix(1, 12), bed.fix(150, 12));
    bed.tick();
    expect(steps).toHaveLength(0);
    expect(bed.open()).toEqual([]);
    while (step?.() === true);
    const silent = (van: number) => `Van ${van}: silent since 09:05; it is usually heard every 30 s`;
    expect(bed.open()).toEqual([silent(1), silent(2)]);
    // What is clear again stays open for a while before it closes.
    for (const minutes of [13, 16]) {
      bed.clock.now = nine + minutes * minute;
      await bed.tell(...[1, 150, ...others].map((van) => bed.fix(van, minutes)));
      turn();
    }
    expect(bed.open()).toEqual([silent(2)]);
    await bed.end();
  });
});

describe('lists of alerts', () => {
  it('are newest first, from wherever one goes on, whether in memory or written down', async () => {
    const bed = await AlertBed.ofPune(1);
    for (let round = 0; round < 6; round++) {
      await bed.drive(round * 20 + 5, 1);
      await bed.drive(round * 20 + 12);
      if (round === 3) bed.projector.saveNow();
    }
    const all = [...bed.view.find('pune', {})];
    expect(all.map(({ openedAt }) => (openedAt - nine) / minute)).toEqual([108.5, 88.5, 68.5, 48.5, 28.5, 8.5]);
    expect(all.filter(({ closedAt }) => closedAt === undefined)).toHaveLength(1);
    for (const [i, place] of all.entries()) {
      expect([...bed.view.find('pune', {}, place)]).toEqual(all.slice(i + 1));
      expect([...bed.view.find('pune', { state: 'closed' }, place)]).toEqual(all.slice(Math.max(1, i + 1)));
    }
    expect([...bed.view.find('pune', { state: 'open' })]).toEqual(all.slice(0, 1));
    expect([...bed.view.find('pune', { vanId: 'v1', kind: 'silent', severity: 'warning' })]).toEqual(all);
    for (const other of [{ vanId: 'v2' }, { kind: 'unplugged' }, { severity: 'info' }] as const) {
      expect([...bed.view.find('pune', other)]).toEqual([]);
    }
    await bed.end();
  });
});
