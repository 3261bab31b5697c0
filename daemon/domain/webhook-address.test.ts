import { describe, expect, it } from 'vitest';
import { isPublicAddress, whyNotUrl } from './webhook-address.ts';

describe('an address that webhooks may go to', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00:1450:4009::200e'])(
    '%s is one',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '127.0.0.1',
    '127.8.8.8',
    '0.0.0.0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fd00::1',
    'fec0::1',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::7f00:1',
    '2002:7f00:1::1',
    '2001:0:7f00:1::1',
    '2001:db8::1',
    'no address',
  ])('%s is none', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('a URL', () => {
  it.each([
    ['https://erp.example/hooks?tenant=7', undefined],
    ['https://8.8.8.8:8443/', undefined],
    ['http://erp.example/', 'must begin with https://'],
    ['ftp://erp.example/', 'must begin with https://'],
    ['https://user:secret@erp.example/', 'must have no user name and no password in it'],
    ['https://erp.example/#part', 'must have no # in it'],
    ['https://127.0.0.1/', 'is not an address on the open internet'],
    ['https://[::1]/', 'is not an address on the open internet'],
    ['https://[::ffff:7f00:1]/', 'is not an address on the open internet'],
    // Other ways to write 127.0.0.1, which a browser's reading of URLs undoes.
    ['https://2130706433/', 'is not an address on the open internet'],
    ['https://0x7f.1/', 'is not an address on the open internet'],
    ['https://127.1/', 'is not an address on the open internet'],
    ['https://localhost/', 'is not an address on the open internet'],
    ['https://LOCALHOST./', 'is not an address on the open internet'],
    ['https://db.localhost/', 'is not an address on the open internet'],
    ['https://', 'is no address'],
  ])('%s: %s', (url, why) => expect(whyNotUrl(url, false)).toBe(why));

  it('may lie inside where the operator allows it, with a password nowhere', () => {
    expect(whyNotUrl('http://127.0.0.1:9000/', true)).toBeUndefined();
    expect(whyNotUrl('http://erp.lan/', true)).toBeUndefined();
    expect(whyNotUrl('http://a:b@erp.lan/', true)).toMatch(/no password/);
  });
});
