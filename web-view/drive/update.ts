/** How often it is looked whether there is a new version, ms. */
const lookEvery = 3_600_000;

/**
 * Keeps the page usable without network, and calls `onWaiting` with what takes a new version into use: the page is then
 * loaded anew, all of it.
 */
export async function keepOffline(onWaiting: (takeOver: () => void) => void): Promise<void> {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (container === undefined) return;
  const controlled = container.controller !== null;
  container.addEventListener('controllerchange', () => {
    // The first worker of all takes a page over that is of its own version.
    if (controlled) location.reload();
  });
  const registration = await container.register('/drive-worker.js', { scope: '/drive' });
  const offer = () => {
    const { waiting } = registration;
    if (waiting !== null && container.controller !== null) onWaiting(() => waiting.postMessage('take over'));
  };
  offer();
  registration.addEventListener('updatefound', () => registration.installing?.addEventListener('statechange', offer));
  setInterval(() => void registration.update().catch(() => {}), lookEvery);
}
