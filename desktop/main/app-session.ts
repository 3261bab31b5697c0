import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { app, net, protocol, session } from 'electron';
import { pageAnswers } from './page-answers.ts';
import { appScheme, mayDownload, mayUse } from './page-policy.ts';
import { feedAddress } from './server-address.ts';
import type { SettingsFile } from './settings.ts';

/** How long a start waits for the server's map when it has one of last time, ms. */
const patience = 300;

/** Before the app is ready: pages of our scheme are pages like others, with an origin, storage and fetch. */
export function registerScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true };
  protocol.registerSchemesAsPrivileged([{ scheme: appScheme, privileges }]);
}

/** Our scheme, permissions, downloads and the feed's headers. */
export function setUpSession(settings: SettingsFile): void {
  protocol.handle(
    appScheme,
    pageAnswers({
      pages: join(__dirname, '../../console'),
      kept: join(app.getPath('userData'), 'answers'),
      fetch: ((address: string, init?: RequestInit) => net.fetch(address, init)) as typeof fetch,
      settings: () => settings.get(),
      patience: () => setTimeout(patience),
      mapFrom: (origin) => {
        const { mapOrigins = [] } = settings.get();
        if (!mapOrigins.includes(origin)) settings.set({ mapOrigins: [...mapOrigins, origin].slice(-5) });
      },
    }),
  );
  const own = session.defaultSession;
  own.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) =>
    answer(mayUse(permission, requestingUrl)),
  );
  own.setPermissionCheckHandler((_contents, permission, origin) => mayUse(permission, origin));
  own.on('will-download', (event, item) => {
    if (!mayDownload(item.getURL(), item.getFilename())) event.preventDefault();
  });
  // The daemon lets programs in by their token and pages by their origin. This is a program, and its page's origin is
  // one that no daemon knows.
  own.webRequest.onBeforeSendHeaders({ urls: ['ws://*/*', 'wss://*/*'] }, ({ url, requestHeaders }, answer) => {
    const { server } = settings.get();
    if (server !== undefined && url.startsWith(feedAddress(server))) delete requestHeaders.Origin;
    answer({ requestHeaders });
  });
}
