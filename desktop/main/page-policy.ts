/** What pages may do to leave themselves. Everything is refused but for these lists. */

/** Our own pages: a scheme nobody else can serve. */
export const appScheme = 'app';
export const appOrigin = `${appScheme}://vantrail`;
export const startPage = `${appOrigin}/console/`;

/** Whether a window may show this address itself. */
export function mayNavigate(address: string): boolean {
  const url = parsed(address);
  return url !== undefined && `${url.protocol}//${url.host}` === appOrigin && url.pathname.startsWith('/console/');
}

/** The address to be opened in the system's browser instead, or undefined: nowhere. */
export function externalAddress(address: string): string | undefined {
  const url = parsed(address);
  if (url?.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  return url.href;
}

/** Copying coordinates, and the whole screen for a wall of the office. Notifications go over the bridge. */
const permissions: readonly string[] = ['clipboard-sanitized-write', 'fullscreen'];

/** `from`: the address of the page that asks, or its origin. */
export function mayUse(permission: string, from: string): boolean {
  const url = parsed(from);
  return permissions.includes(permission) && url !== undefined && `${url.protocol}//${url.host}` === appOrigin;
}

/** Exports: what the console itself writes, and reports of the daemon. */
const downloads = /\.(gpx|csv|geojson|json|pdf)$/i;

export function mayDownload(address: string, fileName: string): boolean {
  return (
    downloads.test(fileName) && (address.startsWith(`blob:${appOrigin}/`) || address.startsWith(`${appOrigin}/api/`))
  );
}

function parsed(address: string): URL | undefined {
  try {
    return new URL(address);
  } catch {
    return undefined;
  }
}
