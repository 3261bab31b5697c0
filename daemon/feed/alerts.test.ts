import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rightsOn } from '../../protocol/access.ts';
import type { Role, Viewer } from '../../protocol/claims.ts';
import { acknowledgeAlert } from '../domain/decide-alert.ts';
import { AlertBed, minute, nine } from '../project/alerts.fixture.ts';
import { tidy } from '../project/story.fixture.ts';
import type { Change } from '../project/world.ts';
import { audienceOf } from './audience-of.ts';
import { Hub } from './hub.ts';
import { Watcher } from './viewer.fixture.ts';

const log: { problem?: string; hears: boolean } = { hears: true };
const id = `silent:v1:${nine + 5 * minute}`;
let bed: AlertBed;
let hub: Hub;

beforeEach(async () => {
  delete log.problem;
  bed = await AlertBed.ofPune(2, { sources: { log: () => log } });
  const onChange = (listener: (change: Change) => void) => {
    const ends = [bed.projector.onChange(listener), bed.alerts.onChange(listener)];
    return () => {
      for (const end of ends) end();
    };
  };
  const world = { ...bed.world, onChange };
  const audience = (viewer: Viewer) => audienceOf(viewer, bed.world.registry, bed.clock.now, bed.world);
  hub = new Hub({ world, audienceOf: audience, tick: 1, now: () => bed.clock.now });
  await hub.start();
});
afterEach(async () => {
  await hub.stop();
  await bed.end();
});
afterAll(tidy);

function watcher(role: Role, subject = 'someone') {
  const viewer = { role, subject, agency: 'pune', scopes: new Set(['positions:read']), expiresAt: Infinity };
  expect(rightsOn(viewer, { kind: 'agency', agency: 'pune' }, nine).see).toBe(true);
  const audience = audienceOf(viewer, bed.world.registry, bed.clock.now, bed.world);
  let wanted: { words: string; heard: () => void } | undefined;
  const watching: Watcher = new Watcher({
    viewer,
    audience,
    now: bed.clock.now,
    onMessage: () => {
      if (wanted !== undefined && watching.text.includes(wanted.words)) wanted.heard();
    },
  });
  watching.join(hub);
  return {
    watching,
    alerts: () =>
      watching.messages.flatMap((message) => {
        if (message.type === 'snapshot') return (message.alerts ?? []).map(({ alert }) => alert);
        return message.type === 'event' && message.name === 'alert' ? [message.alert] : [];
      }),
    /** resolves when he has been sent something with these words in it */
    until: (words: string) =>
      new Promise<void>((heard) => {
        if (watching.text.includes(words)) heard();
        else wanted = { words, heard };
      }),
  };
}

describe('alerts on the feed', () => {
  it('reach staff as they open, change and close, and in a snapshot', async () => {
    const dispatcher = watcher('DISPATCHER');
    await bed.drive(5, 1, 2);
    await bed.drive(12, 2);
    await dispatcher.until(id);
    await bed.does(acknowledgeAlert(bed.view, 'pune', id));
    await dispatcher.until('"acknowledged"');
    const late = watcher('ADMIN');
    await late.until(id);
    expect(late.alerts()).toMatchObject([{ id, text: 'Van 1: silent since 09:05; it is usually heard every 30 s' }]);
    await bed.drive(20, 1, 2);
    await dispatcher.until('"closedBy"');
    expect(dispatcher.alerts().at(-1)).toMatchObject({ id, closedBy: 'over', acknowledged: { by: 'DISPATCHER:dev' } });
  });

  it('reach nobody else, and those about the daemon administrators alone', async () => {
    const admin = watcher('ADMIN');
    const others = [
      watcher('DISPATCHER'),
      watcher('INTERNAL_SERVICE'),
      watcher('DELIVERY_PARTNER'),
      watcher('CUSTOMER', 'c1'),
    ];
    log.problem = 'the disk is full';
    await bed.drive(5, 1, 2);
    await admin.until('log-trouble');
    expect(others.map(({ watching }) => watching.text.includes('log-trouble'))).toEqual([false, false, false, false]);
    delete log.problem;
    await bed.drive(12, 2);
    await admin.until(id);
    await others[0]?.until(id);
    expect(others.slice(1).map(({ watching }) => watching.text.includes('silent:'))).toEqual([false, false, false]);
    const joined = watcher('DISPATCHER');
    await joined.until('"last":true');
    expect(joined.watching.text).not.toContain('log-trouble');
  });
});
