import { writeFile } from 'node:fs/promises';
import { count, text, UsageError } from '../options.ts';
import { townGeoJson } from '../town/geojson.ts';
import { makeTown } from '../town/town.ts';
import { command } from './command.ts';

export const town = command({
  summary: 'write the demo town as GeoJSON',
  usage: '[options]',
  options: {
    seed: count('N', 'of the town', 1, 0, 2 ** 31),
    out: text('FILE', 'where to; standard output when absent'),
  },
  async run({ values, rest }, context) {
    if (rest.length > 0) throw new UsageError(`town takes no ${rest[0]}`);
    const made = makeTown(values.seed);
    const json = JSON.stringify(townGeoJson(made));
    if (values.out === '') {
      process.stdout.write(`${json}\n`);
      return;
    }
    await writeFile(values.out, `${json}\n`);
    context.say(`${made.name}: ${made.streets.length} streets, ${made.doors.length} doors, ${json.length} bytes`);
  },
});
