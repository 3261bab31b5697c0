import { afterAll, beforeAll, expect, it } from 'vitest';
import { api, type DaemonProcess, startDaemon, temporaryFolder } from './daemon-process.ts';

let daemon: DaemonProcess;
let remove: () => Promise<void>;
beforeAll(async () => {
  const { folder, remove: removeFolder } = await temporaryFolder();
  remove = removeFolder;
  daemon = await startDaemon({ data: folder });
});
afterAll(async () => {
  await daemon.stop();
  await remove();
});

it('the running daemon describes its doors, its reads and its feed in one OpenAPI document', async () => {
  const { body } = await api(daemon.url)('GET', '/api/openapi.json');
  expect(body.openapi).toBe('3.1.0');
  expect(Object.keys(body.paths)).toEqual(
    expect.arrayContaining(['/api/positions', '/location', '/osmand', '/owntracks', '/api/vans/{id}/trail', '/feed']),
  );
  expect(body.paths['/feed'].get.responses['101']).toBeDefined();
});
