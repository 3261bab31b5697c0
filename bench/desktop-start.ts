import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { temporaryFolder } from '../test/daemon-process.ts';
import { electronPath, launch, openDisplay, startAsPerson, withKeyRing } from '../test/desktop/built-app.ts';
import { signIn, startDemoAgency } from '../test/desktop/demo-agency.ts';
import { emptyApp, pageClock, tellsTimes } from './desktop-clock.ts';
import { forComparison, lessIsBetter, median, type Row } from './row.ts';

/** As many as `npm start` has. */
const vans = 20;
const consumers = 2000;
const starts = 5;

interface Times {
  electron: string;
  /** with what Chromium draws */
  rendering: string;
  /** the list and the age of the picture are on the screen, UTC ms */
  listed: number;
  /** the vans are on the map, UTC ms */
  mapped: number;
}

/**
 * The desktop app begun anew, with the last picture in its cache and no server: from the start of its program until the
 * list and the picture's age are painted (by the page's own record of paints), and until the vans are on the map. It is
 * started as a person does it; where there is no graphics card, Chromium draws with the processor.
 */
export async function desktopStartBench(): Promise<Row[]> {
  if (electronPath === undefined) {
    throw new Error('it needs Electron: set VANTRAIL_ELECTRON to its path (npx install-electron fetches one)');
  }
  const { folder, remove } = await temporaryFolder();
  const display = await openDisplay();
  try {
    const userData = join(folder, 'data');
    const built = join(folder, 'app');
    await yesterday(folder, { userData, display: display.name, from: withKeyRing(built) });
    const app = { userData, display: display.name, from: withKeyRing(built, tellsTimes(pageClock)) };
    const empty = { userData: join(folder, 'nobody'), display: display.name, from: emptyApp(join(folder, 'empty')) };
    const ours: Times[] = [];
    const bare: Times[] = [];
    for (let i = 0; i < starts; i++) {
      ours.push(await timesOf(() => startAsPerson(app)));
      bare.push(await timesOf(() => startAsPerson(empty)));
    }
    const middle = (times: readonly Times[], pick: (times: Times) => number) => median(times.map(pick)) / 1000;
    const listed = middle(ours, (times) => times.listed);
    const on = `Electron ${ours[0]?.electron}, ${ours[0]?.rendering}, ${availableParallelism()} cores`;
    const where = `${vans} vans, ${consumers} consumers; ${on}`;
    return [
      lessIsBetter(`desktop: start to last picture, list and age on the screen (${where})`, listed, 1, 1, 's'),
      forComparison(
        'desktop: the same / an empty page of this Electron',
        listed,
        middle(bare, (times) => times.listed),
        's',
      ),
      forComparison(
        'desktop: start to the vans on the map / to the list',
        middle(ours, (times) => times.mapped),
        listed,
        's',
      ),
    ];
  } finally {
    display.close();
    await remove();
  }
}

/** A first day: signs in, hears of everything, and is closed; then there is no server any more. */
async function yesterday(folder: string, app: Parameters<typeof launch>[0]): Promise<void> {
  const agency = await startDemoAgency({ folder, vans, consumers });
  try {
    const { app: electron, page } = await launch(app);
    await page.getByRole('heading', { name: 'Where is your server?' }).waitFor();
    await page.getByRole('textbox').fill(agency.daemon.url);
    await page.getByRole('button', { name: 'Go on' }).click();
    await signIn(page);
    await page.locator('[data-testid="link"][data-link="live"]').waitFor();
    const things = () =>
      page.evaluate(async () => {
        const { vantrail } = window as unknown as {
          vantrail: { call(name: string): Promise<{ value: { things: number; points: number } }> };
        };
        const { value } = await vantrail.call('cache.facts');
        return value.points > 0 ? value.things : 0;
      });
    while ((await things()) < vans + consumers) await setTimeout(500);
    await page.locator('.map-canvas canvas').first().waitFor();
    await electron.close();
  } finally {
    agency.simulator.kill('SIGTERM');
    await agency.daemon.stop();
  }
}

/** Starts an app, waits for the times it tells, and for its end. Answers them from the moment of the start, ms. */
async function timesOf(start: () => ChildProcess): Promise<Times> {
  const began = Date.now();
  const child = start();
  const ended = once(child, 'exit');
  let told: Times | undefined;
  for await (const line of createInterface(child.stdout as Readable)) {
    if (line.startsWith('times ')) told = JSON.parse(line.slice('times '.length)) as Times;
  }
  await ended;
  if (told === undefined) throw new Error('the desktop app ended without having shown its last picture');
  return { ...told, listed: told.listed - began, mapped: told.mapped - began };
}
