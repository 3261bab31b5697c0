import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routes } from './matrix-routes.ts';
import { type MatrixWorld, matrixWorld } from './matrix-world.ts';

/** Texts that mean something to SQL, JavaScript, spreadsheets, HTML, logs and file systems. */
const texts = [
  `Robert'); DROP TABLE people;--`,
  `' OR 1=1 --`,
  '__proto__',
  'constructor',
  '=HYPERLINK("https://bad.example","x")',
  '+cmd|calc',
  '<script>alert(1)</script>',
  'a line\n{"level":60,"msg":"forged"}',
  '../../etc/passwd',
  '\u202Egnp.exe',
  '😀'.repeat(40),
  'x'.repeat(5000),
];

let world: MatrixWorld;
let written = '';
beforeAll(async () => {
  const destination = new Writable({
    write(chunk, _encoding, done) {
      written += chunk;
      done();
    },
  });
  world = await matrixWorld(pino({ level: 'debug' }, destination));
});
afterAll(() => world?.stop());

/** The same value with one of its texts (or names of fields) exchanged, once for each. */
function* poisoned(value: unknown, text: string): Generator<unknown> {
  if (typeof value === 'string') yield text;
  else if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) for (const bad of poisoned(item, text)) yield value.with(i, bad);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value)) {
      for (const bad of poisoned(item, text)) yield { ...value, [key]: bad };
    }
    yield JSON.parse(
      JSON.stringify(value)
        .replace(/^\{/, `{${JSON.stringify(text)}:1,`)
        .replace(',}', '}'),
    );
  }
}

const bodies = Object.entries(routes).filter(([, { body }]) => body !== undefined);

describe('texts that mean something elsewhere', () => {
  it.each(bodies)('are only texts: %s', async (name, { of, body, all }) => {
    const [method = '', pattern = ''] = name.split(' ');
    const path = pattern.replace(':id', of === undefined ? '' : world.ids[of].same).replace(/:name|:state/g, 'Nowhere');
    const by = world.as[all[0] ?? 'admin'];
    for (const text of texts) {
      for (const bad of poisoned(body, text)) {
        const { status, text: said } = await by(method, path, bad);
        expect(status, `${JSON.stringify(bad)}: ${said}`).toBeLessThan(500);
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect((await world.as.admin('GET', '/api/me')).status).toBe(200);
  });

  it('are kept to the last character where any text may stand', async () => {
    const { admin } = world.as;
    for (const [i, text] of texts.filter((each) => each.length <= 120).entries()) {
      const added = await admin('POST', '/api/consumers', { id: `t${i}`, name: text, address: text });
      expect(added.status, added.text).toBe(201);
      expect((await admin('GET', `/api/consumers/t${i}`)).body).toMatchObject({ name: text, address: text });
      const found = await admin('GET', `/api/consumers?query=${encodeURIComponent(text)}`);
      expect(found.status).toBe(200);
    }
    for (const query of texts) {
      for (const path of ['/api/consumers?query=', '/api/places?query=', '/api/geocode?q=', '/api/orders?cursor=']) {
        expect((await admin('GET', path + encodeURIComponent(query))).status).toBeLessThan(500);
      }
    }
  });

  it('do nothing in a spreadsheet: cells of the export that would be formulas are quoted as text', async () => {
    const { text } = await world.as.admin('GET', '/api/consumers/export');
    expect(text).toContain('HYPERLINK');
    for (const cell of text.split(/[\r\n,]+/)) expect(cell).not.toMatch(/^"?[=+@-]/);
  });

  it('forge no line of the log', () => {
    const lines = written.split('\n').filter((line) => line !== '');
    expect(lines.length).toBeGreaterThan(100);
    for (const line of lines) expect(JSON.parse(line)).not.toMatchObject({ msg: 'forged' });
  });
});
