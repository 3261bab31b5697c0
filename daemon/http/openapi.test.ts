import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { buildApp } from './app.ts';
import { type TestServer, testServer } from './server.fixture.ts';

interface Operation {
  summary?: string;
  security?: object[];
  responses: Record<string, { content?: Record<string, { schema?: object }> }>;
}
interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

let bed: TestServer;
let built: Awaited<ReturnType<typeof buildApp>>;
let document: Document;
beforeAll(async () => {
  bed = await testServer({ demoAgency: 'demo' });
  built = await bed.server.build();
  await built.app.ready();
  document = (await built.app.inject('/api/openapi.json')).json();
});
afterAll(async () => {
  await built.app.close();
  await bed.remove();
});

const isPage = (url: string) => url === '/' || url.startsWith('/console') || url.startsWith('/api/docs');

describe('the OpenAPI document', () => {
  it('is 3.1 and lists every route', () => {
    expect(document.openapi).toBe('3.1.0');
    const missing = built.table
      .list()
      .filter(({ method, url }) => method !== 'HEAD' && !isPage(url))
      .filter(({ method, url }) => {
        const path = url.replace(/:([a-z]+)/gi, '{$1}');
        return document.paths[path]?.[method.toLowerCase()] === undefined;
      });
    expect(missing).toEqual([]);
    expect(Object.keys(document.paths).length).toBeGreaterThan(15);
  });

  it('describes what each route answers, and that a refusal is a problem', () => {
    for (const [path, operations] of Object.entries(document.paths)) {
      for (const [method, { summary, responses }] of Object.entries(operations)) {
        const name = `${method} ${path}`;
        expect(summary, name).toBeTruthy();
        const good = Object.entries(responses).filter(([status]) => status.startsWith('2'));
        expect(good.length, name).toBeGreaterThan(0);
        for (const [status, { content }] of good) {
          if (status === '204') continue;
          expect(
            Object.values(content ?? {}).every(({ schema }) => schema !== undefined),
            name,
          ).toBe(true);
          expect(Object.keys(content ?? {}).length, name).toBeGreaterThan(0);
        }
        expect(Object.keys(responses.default?.content ?? {}), name).toEqual(['application/problem+json']);
      }
    }
  });

  it('says of each route who may call it', () => {
    expect(built.table.list().filter(({ access }) => access === undefined)).toEqual([]);
    expect(document.paths['/api/vans']?.get?.security).toEqual([{ bearer: [] }]);
    expect(document.paths['/healthz']?.get?.security).toEqual([]);
  });

  it('writes each named schema once', () => {
    expect(Object.keys(document.components.schemas)).toEqual(
      expect.arrayContaining(['Position', 'VanView', 'DeviceView', 'Consumer', 'Agency', 'DeadLetter', 'Problem']),
    );
    const text = JSON.stringify(document);
    expect(text).not.toContain('"$id"');
    for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      expect(document.components.schemas).toHaveProperty([String(name)]);
    }
  });

  it('has a page that its own content security policy lets work', async () => {
    const page = await built.app.inject('/api/docs/');
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('swagger-ui');
    const policy = String(page.headers['content-security-policy']);
    expect(policy).toContain("script-src 'self'");
    // No inline script: everything comes as files of our own.
    expect(page.body).not.toMatch(/<script(?![^>]*\bsrc=)[^>]*>/);
    for (const [, source] of page.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const answer = await built.app.inject(new URL(String(source), 'http://x/api/docs/').pathname);
      expect(answer.statusCode, source).toBe(200);
    }
    const start = await built.app.inject('/api/docs/static/swagger-initializer.js');
    expect(start.body).toContain('/api/openapi.json');
  });
});

describe('the base map', () => {
  it('is told to the console', async () => {
    expect((await built.app.inject('/api/map')).json()).toEqual({
      kind: 'style',
      style: 'https://tiles.example.org/style.json',
      attribution: '© OpenStreetMap contributors',
    });
    expect((await built.app.inject('/api/map/town')).statusCode).toBe(404);
  });
});
