import { describe, expect, it } from 'vitest';
import { deepLinkAmong, readDeepLink } from '../shared/deep-link.ts';
import { contentPolicy } from './content-policy.ts';
import { nativeWords } from './native-words.ts';
import { externalAddress, mayDownload, mayNavigate, mayUse } from './page-policy.ts';
import { readServerAddress } from './server-address.ts';
import { goneNotice, WindowHealth } from './window-health.ts';
import { repairedWindow } from './window-state.ts';

describe('the address of a server', () => {
  it.each([
    ['dispatch.example.in', 'https://dispatch.example.in'],
    [' https://dispatch.example.in/console/?x=1#y ', 'https://dispatch.example.in'],
    ['dispatch.example.in:8443', 'https://dispatch.example.in:8443'],
    ['localhost:8080', 'http://localhost:8080'],
    ['192.168.1.5:8080', 'http://192.168.1.5:8080'],
    ['172.20.0.9', 'http://172.20.0.9'],
    ['https://127.0.0.1:8080', 'https://127.0.0.1:8080'],
  ])('%s', (typed, origin) => expect(readServerAddress(typed)).toBe(origin));

  it.each([
    ['', /Type the address/],
    ['http://dispatch.example.in', /has to be https:\/\/dispatch\.example\.in/],
    ['http://172.32.0.1', /has to be https/],
    ['http://10.evil.example', /has to be https/],
    ['ftp://dispatch.example.in', /begins with https/],
    ['https://ravi:secret@dispatch.example.in', /leave it out/],
    ['https://', /is not an address/],
  ])('%s is refused', (typed, words) => expect(() => readServerAddress(typed)).toThrow(words));
});

describe('what a page may do to leave itself', () => {
  it('shows our own pages and nothing else', () => {
    expect(mayNavigate('app://vantrail/console/')).toBe(true);
    for (const address of [
      'app://vantrail/api/vans',
      'app://other/console/',
      'https://example.com/console/',
      'file:///console/',
      'app://vantrail.example/console/',
      'javascript:alert(1)',
      'no address',
    ]) {
      expect(mayNavigate(address), address).toBe(false);
    }
  });

  it('opens https in the system’s browser, and no other scheme', () => {
    expect(externalAddress('https://example.com/a?b=c')).toBe('https://example.com/a?b=c');
    for (const address of [
      'http://example.com',
      'file:///etc/passwd',
      'smb://host/share',
      'ms-msdt:/id',
      'https://a:b@example.com',
      'javascript:x',
    ]) {
      expect(externalAddress(address), address).toBeUndefined();
    }
  });

  it('uses what is on the list, from our own pages', () => {
    expect(mayUse('fullscreen', 'app://vantrail')).toBe(true);
    expect(mayUse('fullscreen', 'app://vantrail/console/')).toBe(true);
    for (const from of ['https://example.com', 'app://other/', 'data:text/html,x', 'null', '']) {
      expect(mayUse('fullscreen', from), from).toBe(false);
    }
    for (const name of ['geolocation', 'media', 'notifications', 'openExternal', 'midi', 'clipboard-read'])
      expect(mayUse(name, 'app://vantrail'), name).toBe(false);
  });

  it('saves exports of ours', () => {
    expect(mayDownload('blob:app://vantrail/1234', 'van-1.gpx')).toBe(true);
    expect(mayDownload('app://vantrail/api/vans/v1/trail?format=csv', 'v1.csv')).toBe(true);
    expect(mayDownload('blob:app://vantrail/1234', 'van-1.exe')).toBe(false);
    expect(mayDownload('https://example.com/a.csv', 'a.csv')).toBe(false);
  });
});

describe('the content policy', () => {
  it('has nothing unsafe, and lets the page to its own server’s feed alone', () => {
    const policy = contentPolicy('https://dispatch.example.in', [
      'https://tiles.example.in',
      "https://x; script-src 'unsafe-inline'",
    ]);
    expect(policy).not.toContain('unsafe');
    expect(policy).toContain("default-src 'none'");
    expect(policy).toMatch(/connect-src 'self' wss:\/\/dispatch\.example\.in /);
    expect(policy).toContain('https://tiles.example.in');
    expect(contentPolicy(undefined)).not.toMatch(/wss?:/);
  });
});

describe('an address that opens something', () => {
  it.each([
    ['vantrail://order/O-17', { kind: 'order', id: 'O-17' }],
    ['vantrail://van/mh12.ab_1/', { kind: 'van', id: 'mh12.ab_1' }],
    ['VANTRAIL://Van/v1', { kind: 'van', id: 'v1' }],
  ])('%s', (address, thing) => expect(readDeepLink(address)).toEqual(thing));

  it.each([
    'vantrail://van/',
    'vantrail://van/../../etc',
    'vantrail://van/v1?then=delete',
    'vantrail://run/v1',
    'vantrail://order/%2e%2e',
    `vantrail://order/${'a'.repeat(65)}`,
    'https://order/o1',
    ' vantrail://order/o1',
  ])('%s opens nothing', (address) => expect(readDeepLink(address)).toBeUndefined());

  it('is found among the arguments of a second start', () => {
    expect(deepLinkAmong(['electron', '--flag', '/folder', 'vantrail://van/v1'])).toEqual({ kind: 'van', id: 'v1' });
    expect(deepLinkAmong(['electron', '.'])).toBeUndefined();
  });
});

describe('where the window opens', () => {
  const main = { x: 0, y: 25, width: 1920, height: 1055 };
  const right = { x: 1920, y: 0, width: 1280, height: 1024 };

  it('where it was, on whichever screen that is', () => {
    const stored = { x: 2000, y: 100, width: 1000, height: 700, maximized: false };
    expect(repairedWindow(stored, [main, right])).toEqual(stored);
  });

  it.each([
    ['its screen is gone', { x: 2000, y: 100, width: 1000, height: 700 }],
    ['its top is above every screen', { x: 100, y: -300, width: 1000, height: 700 }],
    ['only a sliver of it is left', { x: -970, y: 100, width: 1000, height: 700 }],
    ['its top is below the screen', { x: 100, y: 1070, width: 1000, height: 700 }],
  ])('in the middle of the main screen when %s', (_why, bounds) => {
    expect(repairedWindow({ ...bounds, maximized: true }, [main])).toEqual({
      x: 460,
      y: 203,
      width: 1000,
      height: 700,
      maximized: true,
    });
  });

  it('never larger than the screen, never too small to use', () => {
    const stored = { x: 0, y: 25, width: 5000, height: 100, maximized: false };
    expect(repairedWindow(stored, [main])).toMatchObject({ width: 1920, height: 480 });
    expect(repairedWindow(undefined, [main])).toMatchObject({ width: 1440, height: 900, maximized: false });
  });
});

describe('a page that ends', () => {
  it('is started again, but not for ever', () => {
    let now = 0;
    const health = new WindowHealth(() => now);
    expect(health.gone('clean-exit')).toBe('none');
    expect(['crashed', 'oom', 'killed'].map((reason) => health.gone(reason))).toEqual(['reload', 'reload', 'reload']);
    expect(health.gone('crashed')).toBe('ask');
    now += 6 * 60_000;
    expect(health.gone('crashed')).toBe('reload');
    expect(goneNotice('oom', nativeWords.en).text).toContain('out of memory');
  });
});
