import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { consumerImportRoutes } from './http/consumer-import.ts';
import { type PlacesServer, placesServer } from './http/places.fixture.ts';
import { start } from './http/server.fixture.ts';
import { portOf } from './http/server.ts';
import { importList } from './import.ts';
import { MemoryLog } from './log/memory.ts';

let bed: PlacesServer;
let folder: string;
let url: string;
beforeEach(async () => {
  // Tokens are made for the server's clock.
  vi.useFakeTimers({ now: start, toFake: ['Date'] });
  bed = await placesServer(new MemoryLog(), ({ registry, consumerBatch }) => [
    consumerImportRoutes({ view: registry.view, batch: consumerBatch, now: () => start }),
  ]);
  await bed.app.listen({ port: 0, host: '127.0.0.1' });
  url = `http://127.0.0.1:${portOf(bed.app)}`;
  folder = await mkdtemp(join(tmpdir(), 'vantrail-import-'));
});
afterEach(async () => {
  await bed.remove();
  await rm(folder, { recursive: true });
  vi.useRealTimers();
});

async function run(...argv: string[]): Promise<{ said: string; shown: string }> {
  let shown = '';
  const out = { write: (text: string) => (shown += text) } as unknown as NodeJS.WriteStream;
  const options = argv.includes('--url') ? [] : ['--url', url, '--data', bed.folder];
  const said = await importList({ argv: [...argv, ...options], env: {}, readFile: () => '' }, out);
  return { said, shown };
}
async function list(name: string, text: string): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}

describe('npm run import -- consumers', () => {
  const text = 'Cons No,Name,Colour\n1,Asha,red\n,Bina,blue\n3,"=Chitra",\n';

  it('sends the list, shows the columns, and leaves a file of the bad rows that can be imported when mended', async () => {
    const file = await list('list.csv', text);
    const { said, shown } = await run('consumers', file, '--agency', 'demo');
    expect(said).toBe(`3 rows: 2 new, 0 changed, 0 as they were, 1 refused (${file}.bad.csv)`);
    expect(shown).toContain('  number ← Cons No\n  name ← Name\n  not used: Colour\n');
    expect(await readFile(`${file}.bad.csv`, 'utf8')).toBe(
      'row,problem,Cons No,Name,Colour\r\n3,number is missing,,Bina,blue\r\n',
    );
    expect((await stat(`${file}.bad.csv`)).mode & 0o777).toBe(0o600);
    expect((await run('consumers', file, '--agency', 'demo')).said).toContain('2 as they were');
    await writeFile(`${file}.bad.csv`, 'row,problem,Cons No,Name,Colour\r\n3,number is missing,2,Bina,blue\r\n');
    expect((await run('consumers', `${file}.bad.csv`, '--agency', 'demo')).said).toContain('1 new');
    expect([...bed.registry.view.consumers('demo')].map(({ name }) => name)).toEqual(['Asha', '=Chitra', 'Bina']);
  });

  it('can be asked first, and told which columns are meant', async () => {
    const file = await list('list.json', '[{"a":"7","b":"Asha","c":"4","d":"Tank Road"}]');
    const mapping = ['number=a', 'name=b', 'address=c', 'address=d'].flatMap((one) => ['--mapping', one]);
    expect((await run('consumers', file, '--agency', 'demo', '--dry-run', ...mapping)).said).toBe(
      '1 rows: nothing was written; it would be: 1 new, 0 changed, 0 as they were',
    );
    expect(bed.registry.view.counts('demo').consumers).toBe(0);
    await run('consumers', file, '--agency', 'demo', ...mapping);
    expect(bed.registry.view.consumer('demo', '7')).toMatchObject({ name: 'Asha', address: '4, Tank Road' });
    await expect(run('consumers', file, '--agency', 'demo')).rejects.toThrow('no column is the consumer number');
  });

  it.each([
    [['people', 'x.csv'], 'people cannot be imported'],
    [['consumers'], 'FILE'],
    [['consumers', 'list.xls', '--agency', 'demo'], 'must end in .csv'],
    [['consumers', 'nowhere.csv', '--agency', 'demo'], 'there is no such file'],
    [['consumers', 'package.json'], '--agency is missing'],
    [['places', 'package.json', '--mapping', 'x'], '--mapping'],
  ])('%j is wrong usage', async (argv, why) => {
    await expect(run(...argv)).rejects.toMatchObject({ name: 'UsageError', message: expect.stringContaining(why) });
  });

  it('says where no daemon answers', async () => {
    const file = await list('list.csv', text);
    const nobody = ['--url', 'http://127.0.0.1:9', '--data', bed.folder];
    await expect(run('consumers', file, '--agency', 'demo', ...nobody)).rejects.toThrow('no daemon answers at');
  });
});

describe('npm run import -- places', () => {
  const header = 'source_id,city_name,state,country,latitude,longitude,population,is_capital,alternate_names';
  const cities = `${header}\ngeonames:1262180,Nagpur,Maharashtra,IN,21.14631,79.08491,2228018,false,नागपुर;Orange City\n`;

  it('fills the base gazetteer for all agencies', async () => {
    const file = await list('cities.csv', `${cities}geonames:2,Nowhere,Maharashtra,IN,121,79,5,false,\nx,,,,,,,,\n`);
    expect((await run('places', file)).said).toBe(
      `3 rows: 1 new, 0 changed, 0 as they were, 2 refused (${file}.bad.csv)`,
    );
    expect((await bed.as.driver('GET', '/api/places?query=नागपुर')).body.items).toMatchObject([
      { key: 'geonames:1262180', name: 'Nagpur', layer: 'base', population: 2_228_018, capital: false },
    ]);
    expect(await readFile(`${file}.bad.csv`, 'utf8')).toMatch(/4,city_name is missing; state is missing/);
    await expect(stat(`${file}.import`)).rejects.toThrow();
  });

  it('takes pincodes, for one agency', async () => {
    const file = await list(
      'pins.csv',
      'officename,pincode,divisionname,statename,latitude,longitude\nDharampeth,440010,Nagpur,Maharashtra,21.13,79.06\n',
    );
    expect((await run('places', file, '--agency', 'demo')).said).toContain('1 new');
    expect((await bed.as.driver('GET', '/api/places?pincode=440010')).body.items).toMatchObject([
      { name: 'Dharampeth', city: 'Nagpur', layer: 'own' },
    ]);
    expect((await bed.as.stranger('GET', '/api/places?pincode=440010')).body.items).toEqual([]);
  });
});
