import { writeSync } from 'node:fs';
import { argv } from 'node:process';
import { openLog } from './embedded.fixture.ts';
import { position } from './log.fixture.ts';

/**
 * The program of the crash test: appends positions until it is killed and writes the number of each to its output when
 * the log says that it is durable. Usage: FOLDER FIRST-NUMBER
 */
const [folder = '', first = '0'] = argv.slice(2);
const log = await openLog(folder);
let next = Number(first);

/** A parent that is slow to read fills the pipe with a few hundred small writes; what is durable must be told all the same. */
function tell(text: string): void {
  for (;;) {
    try {
      writeSync(1, text);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

function appendNext(): void {
  const number = next++;
  log.append([position(number)], (error) => {
    if (error) throw error;
    tell(`${number}\n`);
    appendNext();
  });
}
for (let lane = 0; lane < 20; lane++) appendNext();
