import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { addAgency } from '../daemon/domain/decide-agency.ts';
import { addVan, changeVan } from '../daemon/domain/decide-van.ts';
import { type Log, UnknownCursor } from '../daemon/log/log.ts';
import { Commands } from '../daemon/project/commands.ts';
import { Projector } from '../daemon/project/projector.ts';
import { RegistryProjection } from '../daemon/project/registry.ts';
import type { Van } from '../protocol/registry.ts';

/** A log that several daemons share: each has its own way to it. */
export interface SharedLog {
  /** a started log, as daemon `number` sees it */
  open(number: number): Promise<Log>;
  /** after the last round; the logs that were opened are stopped already */
  close(): Promise<void>;
}

export interface RaceResult {
  /** rounds that each daemon won */
  wins: number[];
  /** rounds in which not exactly one of them won */
  unfair: string[];
  /** what one daemon showed or answered and the other contradicts: another van under the same version */
  contradictions: string[];
  /** rounds after which the daemons did not have the same state */
  different: string[];
}

const agency = 'race';
const logger = pino({ level: 'silent' });

/**
 * Two daemons rename one van at the same moment, over and over; each says which version it has seen, so only one of
 * them can be right. Everything either of them ever shows is taken down, and must be the same van for the same version
 * at both.
 */
export async function raceRounds(shared: SharedLog, rounds: number): Promise<RaceResult> {
  const folder = mkdtempSync(join(tmpdir(), 'vantrail-races-'));
  const result: RaceResult = { wins: [0, 0], unfair: [], contradictions: [], different: [] };
  const shownAs = new Map<number, string>();
  const take = (who: string, van: Van | undefined) => {
    if (van === undefined) return;
    const text = JSON.stringify(van, Object.keys(van).sort());
    const before = shownAs.get(van.version);
    if (before === undefined) shownAs.set(van.version, text);
    else if (before !== text) result.contradictions.push(`${who} has ${text}, and there was ${before}`);
  };
  const daemons = [await daemon(0), await daemon(1)];
  try {
    await answered(daemons[0]?.commands.execute(addAgency({ id: agency }), { actor: 'test' }));
    await answered(daemons[0]?.commands.execute(addVan(agency, { id: 'v1' }), { actor: 'test' }));
    for (let round = 1; round <= rounds; round++) {
      await settled();
      const version = daemons[0]?.view.version(agency, 'van:v1') ?? 0;
      const answers = await Promise.all(
        daemons.map(({ commands }, number) =>
          commands.execute(changeVan(agency, { id: 'v1', name: `${round} by ${number}` }), {
            actor: `test:${number}`,
            ifMatch: version,
          }),
        ),
      );
      const won = answers.flatMap((answer, number) => (answer.ok ? [number] : []));
      if (won.length !== 1) result.unfair.push(`round ${round}: ${won.length} winners`);
      for (const [number, answer] of answers.entries()) {
        if (answer.ok) {
          take(`the answer of ${number}`, answer.value);
          result.wins[number] = (result.wins[number] ?? 0) + 1;
        } else if (answer.kind !== 'stale') {
          result.unfair.push(`round ${round}: daemon ${number} says ${answer.kind}: ${answer.detail}`);
        }
      }
      await settled();
      const states = daemons.map(({ view }) => JSON.stringify([...view.vans(agency)]));
      if (states[0] !== states[1]) result.different.push(`round ${round}: ${states.join(' and ')}`);
    }
    return result;
  } finally {
    for (const one of daemons) await one.stop();
    await shared.close();
    rmSync(folder, { recursive: true, force: true });
  }

  async function daemon(number: number) {
    const log = await shared.open(number);
    const registry = new RegistryProjection();
    const file = join(folder, `${number}.sqlite`);
    const projector = new Projector({ log, file, projections: [registry], logger });
    projector.onChange(({ vans }) => {
      if (vans.has('v1')) take(`daemon ${number}`, registry.view.van(agency, 'v1'));
    });
    await projector.start();
    await projector.caughtUp;
    const stop = async () => {
      await projector.stop();
      await log.stop();
    };
    return { log, projector, view: registry.view, commands: new Commands({ log, registry, now: Date.now }), stop };
  }

  /** Both daemons have read all there is. */
  async function settled(): Promise<void> {
    const behind = () =>
      daemons.some(({ log, projector }) => {
        const [head, cursor] = [log.head(), projector.cursor()];
        return head !== null && (cursor === null || !covers(log, cursor, head));
      });
    while (behind() || daemons[0]?.view.version(agency, 'van:v1') !== daemons[1]?.view.version(agency, 'van:v1')) {
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function covers(log: Log, cursor: string, head: string): boolean {
  try {
    return log.covers(cursor, head);
  } catch (error) {
    if (error instanceof UnknownCursor) return false;
    throw error;
  }
}

async function answered(work: Promise<{ ok: boolean; detail?: string }> | undefined): Promise<void> {
  const answer = await work;
  if (answer?.ok !== true) throw new Error(`the race cannot begin: ${answer?.detail}`);
}
