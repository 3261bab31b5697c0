/**
 * Reads a daemon's address as a person types it: `dispatch.example.in`, `https://…`, `192.168.1.5:8080`. Without a
 * scheme it is https, but for this computer and the office network. Answers the origin. Throws an Error in words.
 */
export function readServerAddress(typed: string): string {
  const text = typed.trim();
  if (text === '') throw new Error('Type the address of the server, as dispatch.example.in.');
  let url: URL;
  try {
    url = new URL(/^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`);
  } catch {
    throw new Error(`'${text}' is not an address.`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Error(`The address begins with https://, not with ${url.protocol}//.`);
  }
  if (url.username !== '' || url.password !== '')
    throw new Error('The address holds a name or a password; leave it out.');
  const isNear = isNearby(url.hostname);
  if (!text.includes('://') && isNear) url.protocol = 'http:';
  if (url.protocol === 'http:' && !isNear) {
    throw new Error(`http:// sends everything readable. Over the internet it has to be https://${url.host}.`);
  }
  return url.origin;
}

/** This computer, the private networks of RFC 1918, names of a local network. */
function isNearby(host: string): boolean {
  if (host === 'localhost' || host === '[::1]') return true;
  // A name may begin like a number: 10.example.com is on the internet.
  if (!/^\d+\.\d+\.\d+\.\d+$/.test(host)) return /\.(local|lan|home\.arpa)$/.test(host);
  return /^(127|10)\./.test(host) || /^192\.168\./.test(host) || /^172\.(1[6-9]|2\d|3[01])\./.test(host);
}

/** Where the feed of this server is. */
export function feedAddress(server: string): string {
  return `${server.replace(/^http/, 'ws')}/feed`;
}
