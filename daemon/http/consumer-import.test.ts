import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LogError } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { consumerImportRoutes } from './consumer-import.ts';
import { type PlacesServer, placesServer } from './places.fixture.ts';
import { start } from './server.fixture.ts';

let bed: PlacesServer;
beforeEach(async () => {
  bed = await placesServer(new MemoryLog(), ({ registry, consumerBatch }) => [
    consumerImportRoutes({ view: registry.view, batch: consumerBatch, now: () => start }),
  ]);
});
afterEach(() => bed.remove());

const csv = { 'content-type': 'text/csv' };
type Caller = PlacesServer['as']['admin'];
async function sent(who: Caller, list: string, query = '', headers: object = csv) {
  const answer = await who('POST', `/api/consumers/import${query}`, list, headers);
  const reports =
    answer.status === 200
      ? answer.text
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  return {
    ...answer,
    reports,
    columns: reports[0],
    last: reports.at(-1),
    bad: reports.filter(({ type }) => type === 'bad'),
  };
}
const get = (id: string) => bed.registry.view.consumer('demo', id);
const list = 'Consumer No,Name,Mobile,Address,Lat,Long\n617001,Asha Rao,98,4 Tank Road,21.14,79.08\n617002,Bina,,,,\n';

describe('an import of consumers', () => {
  it('says what it makes of the header, and adds everybody', async () => {
    const { status, columns, last } = await sent(bed.as.dispatcher, list);
    expect(status).toBe(200);
    expect(columns).toMatchObject({
      type: 'columns',
      dryRun: false,
      mapping: { number: ['Consumer No'], name: ['Name'], phone: ['Mobile'], address: ['Address'] },
      unused: [],
    });
    expect(last).toEqual({ type: 'done', rows: 2, added: 2, changed: 0, same: 0, bad: 0 });
    expect(get('617001')).toEqual({
      id: '617001',
      number: '617001',
      name: 'Asha Rao',
      phone: '98',
      address: '4 Tank Road',
      latitude: 21.14,
      longitude: 79.08,
      pinSource: 'import',
      version: 1,
    });
    expect(get('617002')).toEqual({ id: '617002', number: '617002', name: 'Bina', version: 1 });
  });

  it('does nothing when it is only asked what it would do', async () => {
    const head = bed.log.head();
    const { last, columns } = await sent(bed.as.admin, `${list}617003,,,,,\n`, '?dryRun=true');
    expect(last).toEqual({ type: 'done', rows: 3, added: 2, changed: 0, same: 0, bad: 1 });
    expect(columns.dryRun).toBe(true);
    expect(bed.log.head()).toBe(head);
  });

  it.each(['', '?dryRun=true'])('counts a consumer whom it names several times as added once (%s)', async (query) => {
    const { last } = await sent(bed.as.admin, 'No,Name\n1,Asha\n1,Asha\n2,Bina\n', query);
    expect(last).toEqual({ type: 'done', rows: 3, added: 2, changed: 0, same: 1, bad: 0 });
    const again = await sent(bed.as.admin, 'No,Name\n2,Bina Rao\n1,Asha\n2,Bina Rao\n3,Chitra\n', query);
    const known = query === '' ? { added: 1, changed: 1, same: 2 } : { added: 3, changed: 0, same: 1 };
    expect(again.last).toEqual({ type: 'done', rows: 4, bad: 0, ...known });
  });

  it('that comes again writes nothing', async () => {
    await sent(bed.as.admin, list);
    const head = bed.log.head();
    expect((await sent(bed.as.admin, list)).last).toEqual({
      type: 'done',
      rows: 2,
      added: 0,
      changed: 0,
      same: 2,
      bad: 0,
    });
    expect(bed.log.head()).toBe(head);
  });

  it('brings up to date who has the same number, whatever the id, and leaves alone what it does not say', async () => {
    const { commands } = bed;
    const { addConsumer } = await import('../domain/decide-consumer.ts');
    const by = { actor: 'ADMIN:asha' };
    await commands.execute(addConsumer('demo', { id: 'asha', number: '617001', name: 'Asha', notes: 'no lift' }), by);
    const { last } = await sent(bed.as.admin, 'Number,Name,Phone\n617001,Asha Rao,\n617001,Asha Rao,99\n');
    expect(last).toEqual({ type: 'done', rows: 2, added: 0, changed: 2, same: 0, bad: 0 });
    expect(get('asha')).toEqual({
      id: 'asha',
      number: '617001',
      name: 'Asha Rao',
      phone: '99',
      notes: 'no lift',
      version: 3,
    });
    expect(bed.registry.view.counts('demo').consumers).toBe(1);
  });

  it('does not move a pin that was set by hand', async () => {
    await sent(bed.as.admin, list);
    await bed.as.admin('PATCH', '/api/consumers/617001', { latitude: 21.2 });
    expect(get('617001')).toMatchObject({ pinSource: 'pinned', latitude: 21.2 });
    expect((await sent(bed.as.admin, list)).last).toMatchObject({ same: 2 });
    expect(get('617001')).toMatchObject({ pinSource: 'pinned', latitude: 21.2 });
    const moved = list.replace('21.14', '21.15').replace('Asha Rao', 'Asha R.');
    expect((await sent(bed.as.admin, moved)).last).toMatchObject({ changed: 1 });
    expect(get('617001')).toMatchObject({ pinSource: 'pinned', latitude: 21.2, name: 'Asha R.' });
  });

  it('names bad rows by their numbers and goes on', async () => {
    const { bad, last } = await sent(
      bed.as.admin,
      'No,Name,Lat,Long\n1,Asha,21,79\n,Bina,,\n3,Chitra,21,\n4,,,\n5,Esha,,\n',
    );
    expect(last).toEqual({ type: 'done', rows: 5, added: 2, changed: 0, same: 0, bad: 3 });
    const told = bad.map(({ row, errors }) => [row, errors]).sort();
    expect(told).toEqual([
      [3, [{ field: 'number', message: 'is missing', code: 'row-missing' }]],
      [4, [{ field: 'longitude', message: 'is missing', code: 'row-missing' }]],
      [5, [{ field: 'name', message: 'is missing', code: 'name-missing' }]],
    ]);
    expect(bad[0].cells).toMatchObject({ Name: 'Bina' });
  });

  it('takes JSON, and columns that are named by hand', async () => {
    const json = JSON.stringify([{ sv: 'A/17', who: 'Asha' }]);
    const mapping = encodeURIComponent(JSON.stringify({ number: ['sv'], name: ['who'] }));
    const headers = { 'content-type': 'application/json' };
    expect((await sent(bed.as.admin, json, '', headers)).status).toBe(422);
    expect((await sent(bed.as.admin, json, `?mapping=${mapping}`, headers)).last).toMatchObject({ added: 1 });
    expect((await sent(bed.as.admin, json, '?mapping=nonsense', headers)).status).toBe(400);
    expect([...bed.registry.view.consumers('demo')][0]).toMatchObject({ number: 'A/17', name: 'Asha' });
  });

  it('that the log cannot keep says so, and may be repeated', async () => {
    const append = bed.log.append.bind(bed.log);
    bed.log.append = (_records, settled) => settled(new LogError('full', 'the disk is full'));
    expect((await sent(bed.as.admin, list)).last).toMatchObject({ type: 'failed', detail: 'the disk is full' });
    bed.log.append = append;
    expect((await sent(bed.as.admin, list)).last).toMatchObject({ type: 'done', added: 2 });
  });

  it('is for staff alone, and of their own agency', async () => {
    expect((await sent(bed.as.driver, list)).status).toBe(403);
    expect((await sent(bed.as.consumer, list)).status).toBe(403);
    expect((await sent(bed.as.stranger, list)).last).toMatchObject({ added: 2 });
    expect(get('617001')).toBeUndefined();
  });

  it.each([
    ['', 'text/csv', 422],
    ['Colour,Size\nred,1\n', 'text/csv', 422],
    [list, 'application/vnd.ms-excel', 415],
    [list, 'application/json', 422],
  ])('of %j as %s is refused', async (text, type, status) => {
    expect((await sent(bed.as.admin, text, '', { 'content-type': type })).status).toBe(status);
  });
});

describe('an export of consumers', () => {
  it('can be imported again without a change, and runs in no spreadsheet', async () => {
    const nasty = ['=HYPERLINK("http://x")', '+1', '-2', '@SUM(A1)', '\ttab', 'it\'s, "quoted"', 'line\nbreak', '=1\n'];
    const rows = nasty.map((text, i) => ({ number: `n${i}`, name: `=${text}`, notes: text, phone: '+91 98' }));
    const json = { 'content-type': 'application/json' };
    expect((await sent(bed.as.admin, JSON.stringify(rows), '', json)).last).toMatchObject({ added: nasty.length });
    const before = [...bed.registry.view.consumers('demo')];
    const out = await bed.as.dispatcher('GET', '/api/consumers/export');
    expect(out.headers['content-disposition']).toBe('attachment; filename="consumers.csv"');
    const lines = out.text.split('\r\n');
    expect(lines[0]).toBe('\uFEFFnumber,id,name,phone,address,pincode,latitude,longitude,pinSource,language,notes');
    expect(lines[1]).toBe(`n0,n0,"'==HYPERLINK(""http://x"")",'+91 98,,,,,,,"'=HYPERLINK(""http://x"")"`);
    for (const cell of out.text.split(/[\r\n,]/)) expect(cell).not.toMatch(/^"?[=+\-@\t]/);
    const again = await sent(bed.as.admin, out.text);
    expect(again.last).toMatchObject({ same: nasty.length, bad: 0 });
    expect([...bed.registry.view.consumers('demo')]).toEqual(before);
    const lineByLine = await bed.as.admin('GET', '/api/consumers/export?format=json');
    expect(
      lineByLine.text
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(before);
  });

  it('has nobody who was erased, and nobody of another agency', async () => {
    await sent(bed.as.admin, list);
    expect((await bed.as.admin('DELETE', '/api/consumers/617001')).status).toBe(204);
    const { text } = await bed.as.admin('GET', '/api/consumers/export');
    expect(text).not.toContain('Asha');
    expect(text).toContain('Bina');
    expect((await bed.as.stranger('GET', '/api/consumers/export')).text.trim().split('\r\n')).toHaveLength(1);
    expect((await bed.as.driver('GET', '/api/consumers/export')).status).toBe(403);
    expect(bed.registry.view.counts('demo').consumers).toBe(1);
  });
});
