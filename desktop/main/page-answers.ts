import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join, normalize, sep } from 'node:path';
import { contentPolicy } from './content-policy.ts';
import { appOrigin } from './page-policy.ts';
import type { Settings } from './settings.ts';

interface PageDeps {
  /** the built console */
  pages: string;
  /** where answers are kept that a start without network needs */
  kept: string;
  fetch: typeof fetch;
  settings: () => Settings;
  /** a server that has told its map before is not waited for longer than this */
  patience: () => Promise<void>;
  /** the server tells where its map comes from */
  mapFrom: (origin: string) => void;
}

const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.geojson': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.pbf': 'application/x-protobuf',
};

/** What goes along to the daemon, and what comes back from it. Never a cookie, either way. */
const sent = ['accept', 'authorization', 'content-type', 'if-match', 'if-none-match', 'accept-language'];
const answered = ['content-type', 'content-disposition', 'etag', 'retry-after', 'x-request-id', 'link', 'location'];
/** Signing in is the bridge's: a page gets no refresh token. */
const notForPages = /^\/api\/(session(\/|$)|invitations\/(look|accept)$)/;
/** The map under the vans is wanted without network too. */
const keptPaths = ['/api/map', '/api/map/town'];

/**
 * Answers every request of our own scheme: the files of the console, and under `/api/` the daemon itself. So the page
 * has one origin, as in a browser, and needs neither the daemon's address nor another origin's leave.
 */
export function pageAnswers(deps: PageDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (`${url.protocol}//${url.host}` !== appOrigin) return problem(404, 'There is no such page.');
    if (url.pathname.startsWith('/console/')) return file(deps, url.pathname.slice('/console/'.length));
    if (url.pathname.startsWith('/api/') && !notForPages.test(url.pathname)) return forward(deps, request, url);
    return problem(404, 'There is no such page.');
  };
}

async function file(deps: PageDeps, path: string): Promise<Response> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return problem(400, 'The address cannot be read.');
  }
  // An address inside the console (a van, say) is the page itself.
  const wanted = extname(decoded) === '' ? 'index.html' : decoded;
  const target = normalize(join(deps.pages, wanted));
  if (!target.startsWith(deps.pages + sep) || target.includes('\0')) return problem(404, 'There is no such page.');
  try {
    const headers: Record<string, string> = {
      'content-type': types[extname(target)] ?? 'application/octet-stream',
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-cache',
    };
    if (target.endsWith('.html')) {
      const { server, mapOrigins } = deps.settings();
      headers['content-security-policy'] = contentPolicy(server, mapOrigins);
      headers['referrer-policy'] = 'no-referrer';
    }
    return new Response(await readFile(target), { headers });
  } catch {
    return problem(404, 'There is no such page.');
  }
}

async function forward(deps: PageDeps, request: Request, url: URL): Promise<Response> {
  const { server } = deps.settings();
  if (server === undefined) return problem(503, 'The address of the server is not known yet.');
  const headers = pick(request.headers, sent);
  const hasBody = request.method !== 'GET' && request.method !== 'HEAD';
  const asked = deps.fetch(server + url.pathname + url.search, {
    method: request.method,
    headers,
    credentials: 'omit',
    redirect: 'error',
    signal: request.signal,
    ...(hasBody ? { body: await request.arrayBuffer() } : {}),
  });
  const isKept = request.method === 'GET' && keptPaths.includes(url.pathname);
  const fresh = asked.then((answer) =>
    isKept && answer.ok ? keep(deps, server, url.pathname, answer) : passOn(answer),
  );
  const kept = isKept ? readKept(deps, server, url.pathname) : undefined;
  const answer = fresh.catch((error: Error) => kept ?? problem(503, `The server does not answer (${error.message}).`));
  return kept === undefined ? answer : Promise.race([answer, deps.patience().then(() => kept)]);
}

function passOn(answer: Response): Response {
  // 204, 205 and 304 have no body, and refuse one.
  const body = [204, 205, 304].includes(answer.status) ? null : answer.body;
  return new Response(body, { status: answer.status, headers: pick(answer.headers, answered) });
}

function pick(headers: Headers, names: readonly string[]): Headers {
  const picked = new Headers();
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) picked.set(name, value);
  }
  return picked;
}

const keptFile = (deps: PageDeps, server: string, path: string) =>
  join(deps.kept, `${encodeURIComponent(server + path)}.json`);

async function keep(deps: PageDeps, server: string, path: string, answer: Response): Promise<Response> {
  const text = await answer.text();
  try {
    mkdirSync(deps.kept, { recursive: true });
    writeFileSync(`${keptFile(deps, server, path)}.new`, text);
    renameSync(`${keptFile(deps, server, path)}.new`, keptFile(deps, server, path));
    const origin = path === '/api/map' ? styleOrigin(text) : undefined;
    if (origin !== undefined) deps.mapFrom(origin);
  } catch {
    // A full disk: then the next start without network has no map.
  }
  return new Response(text, { headers: pick(answer.headers, answered) });
}

function readKept(deps: PageDeps, server: string, path: string): Response | undefined {
  try {
    const text = readFileSync(keptFile(deps, server, path), 'utf8');
    return new Response(text, { headers: { 'content-type': 'application/json; charset=utf-8' } });
  } catch {
    return undefined;
  }
}

/** Where the style of an own map lies, of the answer of `/api/map`. */
export function styleOrigin(answer: string): string | undefined {
  try {
    const { style } = JSON.parse(answer) as { style?: unknown };
    const { protocol, origin } = new URL(String(style));
    return protocol === 'https:' || protocol === 'http:' ? origin : undefined;
  } catch {
    return undefined;
  }
}

function problem(status: number, detail: string): Response {
  const body = JSON.stringify({ type: 'about:blank', title: 'Not answered', status, detail });
  return new Response(body, { status, headers: { 'content-type': 'application/problem+json' } });
}
