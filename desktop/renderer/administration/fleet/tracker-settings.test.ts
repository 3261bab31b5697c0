import { describe, expect, it } from 'vitest';
import { appsFor, settingsFor, type TrackerAddress, trackerApps } from './tracker-settings.ts';

const address: TrackerAddress = {
  host: 'gas.example.in',
  httpUrl: 'https://gas.example.in',
  mqttPort: 1883,
  mqttTlsPort: 8883,
  thisMachineOnly: false,
};
const device = { id: 'phone-7', username: 'phone-7.pune', key: 'k+/ey=', osmandToken: 't0ken' };
const settingOf = (app: (typeof trackerApps)[number], name: string, of = address) =>
  settingsFor(app, device, of).settings.find((setting) => setting.name === name)?.value;

describe('the settings of a tracker', () => {
  it('uses the user name of the daemon, never the id, in names and topics', () => {
    expect(settingOf('owntracks', 'Username')).toBe('phone-7.pune');
    expect(settingOf('owntracks', 'pubTopicBase')).toBe('owntracks/phone-7.pune/phone');
    expect(settingOf('teltonika', 'Data Topic')).toBe('teltonika/phone-7.pune/data');
    expect(settingOf('teltonika', 'Command Topic')).toBe('vantrail/phone-7.pune/command');
    expect(settingOf('mqtt', 'Topic')).toBe('vantrail/phone-7.pune/position');
    expect(settingOf('nmea', 'Topic')).toBe('vantrail/phone-7.pune/raw');
    expect(settingOf('gateway', 'Topic')).toBe('vantrail/phone-7.pune/gateway');
  });

  it('takes the port with TLS where there is one', () => {
    expect([settingOf('mqtt', 'Port'), settingOf('mqtt', 'TLS')]).toEqual(['8883', 'on']);
    const { mqttTlsPort: _none, ...plain } = address;
    expect([settingOf('mqtt', 'Port', plain), settingOf('mqtt', 'TLS', plain)]).toEqual(['1883', 'off']);
    expect(settingOf('teltonika', 'TLS Encryption', plain)).toBe('None');
  });

  it('gives Traccar Client its own token, and a code that sets address and token', () => {
    expect(settingOf('traccar-client', 'Device identifier')).toBe('t0ken');
    const code = new URL(settingsFor('traccar-client', device, address).qr ?? '');
    expect(code.origin + code.pathname).toBe('https://gas.example.in/osmand');
    expect(code.searchParams.get('id')).toBe('t0ken');
  });

  it('gives OwnTracks a code with everything in it, whatever letters the key has', () => {
    const { qr = '' } = settingsFor('owntracks', device, address);
    expect(qr.startsWith('owntracks:///config?inline=')).toBe(true);
    const inline = new URL(qr).searchParams.get('inline') ?? '';
    expect(JSON.parse(atob(inline))).toMatchObject({
      ...{ _type: 'configuration', mode: 0, host: 'gas.example.in', port: 8883, tls: true, mqttProtocolLevel: 4 },
      ...{ username: 'phone-7.pune', password: 'k+/ey=', pubTopicBase: 'owntracks/phone-7.pune/phone' },
    });
    const http = new URL(settingsFor('owntracks-http', device, address).qr ?? '').searchParams.get('inline') ?? '';
    expect(JSON.parse(atob(http))).toMatchObject({ mode: 3, url: 'https://gas.example.in/owntracks' });
  });

  it('has no code, no command and no secret once the key is not known any more', () => {
    for (const app of trackerApps) {
      const { settings, qr, command } = settingsFor(app, { id: 'a', username: 'a' }, address);
      expect([qr, command]).toEqual([undefined, undefined]);
      expect(settings.some(({ value }) => value === undefined)).toBe(true);
      expect(JSON.stringify(settings)).not.toContain('undefined');
    }
  });

  it('offers every way to some kind of device', () => {
    const offered = new Set(['tracker', 'phone', 'gateway', 'replay'].flatMap(appsFor));
    expect([...offered].sort()).toEqual([...trackerApps].sort());
  });
});
