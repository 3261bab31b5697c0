/** A registry's address, its credentials apart from what may be shown. */
export interface RegistryAddress {
  /** without user, password and a slash at the end */
  url: string;
  /** the header, when the address had a user and password */
  authorization?: string;
}

/**
 * Reads `--schema-registry`: http(s)://[user:password@]host[:port][/path]. Throws an Error with the rule, which never
 * quotes the address: there may be a password in it.
 */
export function readRegistryAddress(text: string): RegistryAddress {
  const wrong = new Error('must be an http or https address, as https://registry.example.org:8081');
  if (!URL.canParse(text)) throw wrong;
  const { protocol, host, pathname, username, password, search, hash } = new URL(text);
  if ((protocol !== 'http:' && protocol !== 'https:') || search !== '' || hash !== '') throw wrong;
  const url = `${protocol}//${host}${pathname}`.replace(/\/+$/, '');
  if (username === '' && password === '') return { url };
  try {
    const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { url, authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
  } catch {
    throw wrong; // a lone % in user or password
  }
}
