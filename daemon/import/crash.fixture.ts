import { join } from 'node:path';
import { argv, stdout } from 'node:process';
import { pino } from 'pino';
import { addAgency } from '../domain/decide-agency.ts';
import { openLog } from '../log/embedded.fixture.ts';
import { BatchCommands } from '../project/batch-commands.ts';
import { Commands } from '../project/commands.ts';
import { Projector } from '../project/projector.ts';
import { RegistryProjection } from '../project/registry.ts';
import { importConsumers } from './consumer-import.ts';

/**
 * The program of the test that kills an import: imports the same list of ROWS consumers into the data in FOLDER and
 * writes each report to its output; at the end all consumers. Usage: FOLDER ROWS MINUTES (its clock is ahead by)
 */
const [folder = '', rows = '0', minutes = '0'] = argv.slice(2);
const now = () => Date.now() + Number(minutes) * 60_000;
const log = await openLog(join(folder, 'log'));
const registry = new RegistryProjection();
const file = join(folder, 'projections.sqlite');
const projector = new Projector({ log, file, projections: [registry], logger: pino({ level: 'silent' }) });
await projector.start();
await projector.caughtUp;
await new Commands({ log, registry, now }).execute(addAgency({ id: 'demo' }), { actor: 'operator' });

async function* list() {
  let text = 'Number,Name,Phone,Notes\n';
  for (let i = 0; i < Number(rows); i++) {
    // Every tenth row is about a consumer that was named before.
    const number = i % 10 === 9 ? i - 5 : i;
    text += `n${number},Consumer ${number},98${i},${i % 7 === 0 ? '' : `floor ${i % 7}`}\n`;
    if (text.length < 16_384) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(text);
}
const batch = new BatchCommands({ log, view: registry.view, verdicts: registry.verdicts, now });
const order = { agency: 'demo', actor: 'ADMIN:asha', format: 'csv', dryRun: false } as const;
const told = { type: 'kept', consumers: -1 };
const stop = await log.tail(log.head(), () => {
  // The parent kills by what is durable, not by time.
  const { consumers } = registry.view.counts('demo');
  if (consumers !== told.consumers) stdout.write(`${JSON.stringify({ ...told, consumers })}\n`);
  told.consumers = consumers;
});
for await (const report of importConsumers(list(), order, { view: registry.view, batch, now })) {
  stdout.write(`${JSON.stringify(report)}\n`);
}
stop();
const fields = Array.from(registry.view.consumers('demo'), ({ version: _version, ...fields }) => fields);
fields.sort((a, b) => (a.id < b.id ? -1 : 1));
stdout.write(`${JSON.stringify({ type: 'consumers', fields })}\n`);
await projector.stop();
await log.stop();
