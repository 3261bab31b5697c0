/*
 * The driver's service worker. The daemon writes `bundle` before this text: which files belong together. One set is
 * stored as a whole under its version, and a page is served from one set alone, so an old page never meets a new file.
 * A new set waits until the driver takes it, or until no page of the old one is open.
 */
declare const bundle: { version: string; shell: string; files: string[] };

interface Waiting extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetched extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
const worker = globalThis as unknown as EventTarget & {
  clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
};
const own = 'drive-';
const name = `${own}${bundle.version}`;

async function install(): Promise<void> {
  const cache = await caches.open(name);
  const shell = await fetch(bundle.shell, { cache: 'reload' });
  const text = await shell.clone().text();
  // Between this worker and the page the daemon may have been replaced: then the set is not whole, and is tried again.
  const script = bundle.files.find((file) => /\/drive-[^/]*\.js$/.test(file));
  if (!shell.ok || script === undefined || !text.includes(script)) throw new Error('the page is of another version');
  await cache.addAll(bundle.files);
  await cache.put(bundle.shell, shell);
}

async function activate(): Promise<void> {
  for (const key of await caches.keys()) if (key.startsWith(own) && key !== name) await caches.delete(key);
  await worker.clients.claim();
}

async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(name);
  const found = await cache.match(request.mode === 'navigate' ? bundle.shell : request);
  return found ?? fetch(request);
}

worker.addEventListener('install', (event) => (event as Waiting).waitUntil(install()));
worker.addEventListener('activate', (event) => (event as Waiting).waitUntil(activate()));
worker.addEventListener('message', (event) => {
  if ((event as MessageEvent).data === 'take over') void worker.skipWaiting();
});
worker.addEventListener('fetch', (event) => {
  const { request } = event as Fetched;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== 'GET' || origin !== location.origin) return;
  const page = request.mode === 'navigate' && (pathname === '/drive' || pathname === '/driver/');
  if (page || bundle.files.includes(pathname)) (event as Fetched).respondWith(answer(request));
});

export {};
