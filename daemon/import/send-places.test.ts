import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BadRows } from './bad-rows.ts';
import { daemonClient } from './daemon-client.ts';
import { sendPlaces } from './send-places.ts';

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantrail-places-'));
  file = join(folder, 'many.csv');
  const rows = Array.from({ length: 1200 }, (_, i) => `t:${i},Village ${i},Maharashtra,21.5,79.5`);
  await writeFile(file, `source_id,city_name,state,latitude,longitude\n${rows.join('\n')}\n`);
});
afterEach(() => rm(folder, { recursive: true }));

/** A daemon that takes so many parts and then is gone. */
function daemon(parts: number) {
  const taken: string[] = [];
  return {
    taken,
    post: async (_path: string, _type: string, body: () => unknown) => {
      if (parts-- === 0) throw new Error('the daemon is gone');
      const items = JSON.parse(String(body())) as { source_id: string }[];
      taken.push(...items.map(({ source_id }) => source_id));
      return new Response(JSON.stringify({ items: items.map((_, index) => ({ index, status: 201 })) }));
    },
  };
}

function order(client: ReturnType<typeof daemon>, layer = 'gazetteer') {
  const shares: number[] = [];
  return {
    shares,
    run: () =>
      sendPlaces({
        ...{ file, format: 'csv', dryRun: false, mapping: {}, layer, client },
        bad: new BadRows(join(folder, 'bad.csv'), (text) => text),
        onColumns: () => {},
        onProgress: (_counts, share) => shares.push(share),
      }),
  };
}

describe('places that are sent', () => {
  it('go on where they were cut off, and leave no notes at the end', async () => {
    const first = daemon(1);
    await expect(order(first).run()).rejects.toThrow('the daemon is gone');
    expect(JSON.parse(await readFile(`${file}.import`, 'utf8'))).toMatchObject({ rows: 250, added: 250 });
    const second = daemon(9);
    const { run, shares } = order(second);
    expect(await run()).toEqual({ rows: 1200, added: 1200, changed: 0, same: 0, bad: 0 });
    expect(second.taken).toHaveLength(950);
    expect([...first.taken, ...second.taken]).toEqual(Array.from({ length: 1200 }, (_, i) => `t:${i}`));
    expect(shares.at(-1)).toBe(1);
    await expect(stat(`${file}.import`)).rejects.toThrow('ENOENT');
  });

  it('begin anew when the file is another one, goes into another layer, or the notes are cut', async () => {
    for (const spoil of [
      () => writeFile(`${file}.import`, '{"of":"'),
      () => writeFile(file, 'source_id,city_name,state,latitude,longitude\nt:1,A,B,21,79\n'),
      async () => {},
    ]) {
      await expect(order(daemon(1)).run()).rejects.toThrow('gone');
      await spoil();
      const again = daemon(9);
      await order(again, 'demo').run();
      expect(again.taken[0]).toMatch(/t:[01]/);
      await writeFile(file, `${await readFile(file, 'utf8')}${'t:x,C,D,21,79\n'.repeat(1000)}`);
    }
  });
});

describe('a daemon that is asked', () => {
  it('is asked again when it is busy, as late as it says', async () => {
    const answers = [
      new Response('', { status: 429, headers: { 'retry-after': '7' } }),
      new Response('', { status: 503 }),
      new Response('fine'),
    ];
    const waited: number[] = [];
    const fetched = globalThis.fetch;
    globalThis.fetch = async () => answers.shift() as Response;
    try {
      const wait = async (ms: number) => waited.push(ms);
      const client = daemonClient({ url: 'http://127.0.0.1:1', token: async () => 't', wait });
      expect(await (await client.post('/x', 'text/plain', () => 'x')).text()).toBe('fine');
    } finally {
      globalThis.fetch = fetched;
    }
    expect(waited).toEqual([7000, 1000]);
  });
});
