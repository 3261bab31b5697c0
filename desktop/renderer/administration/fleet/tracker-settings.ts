/** What is typed into a tracker or an app so that it reaches this daemon. Names are those its makers show (docs/devices.md). */
export const trackerApps = [
  'traccar-client',
  'owntracks',
  'owntracks-http',
  'teltonika',
  'mqtt',
  'http',
  'thingsboard',
  'nmea',
  'gateway',
] as const;
export type TrackerApp = (typeof trackerApps)[number];

export interface TrackerAddress {
  host: string;
  httpUrl: string;
  mqttPort: number;
  mqttTlsPort?: number;
  thisMachineOnly: boolean;
}

export interface TrackerIdentity {
  id: string;
  username: string;
  /** known only just after it was made */
  key?: string | undefined;
  osmandToken?: string | undefined;
}

interface Setting {
  /** the page of the tracker's program that it stands on */
  on?: string;
  name: string;
  /** undefined: a secret that was shown when it was made, and is not known any more */
  value: string | undefined;
  /** it is chosen or switched, not typed: there is nothing to copy */
  chosen?: true;
}

export interface TrackerSettings {
  settings: readonly Setting[];
  /** for the phone's camera: sets all of it at once */
  qr?: string;
  /** a line to try it with, without the device */
  command?: string;
}

/** What fits a kind of device, the likeliest first. */
export function appsFor(type: string): readonly TrackerApp[] {
  if (type === 'phone') return ['traccar-client', 'owntracks', 'owntracks-http', 'mqtt', 'http'];
  if (type === 'gateway') return ['gateway'];
  if (type === 'replay') return ['mqtt', 'http'];
  return ['teltonika', 'mqtt', 'http', 'thingsboard', 'nmea'];
}

/** Metres and seconds: the apps' own 75 m and 300 s are too slow for a live map. */
const [everyMetres, everySeconds] = [25, 10];

const typed = (name: string, value: string | undefined, on?: string): Setting => ({
  name,
  value,
  ...(on === undefined ? {} : { on }),
});
const chosen = (name: string, value: string, on?: string): Setting => ({ ...typed(name, value, on), chosen: true });

export function settingsFor(app: TrackerApp, device: TrackerIdentity, address: TrackerAddress): TrackerSettings {
  const { username, key, osmandToken } = device;
  const { host, httpUrl, mqttPort, mqttTlsPort } = address;
  const port = String(mqttTlsPort ?? mqttPort);
  const tls = mqttTlsPort === undefined ? 'off' : 'on';
  const broker = [typed('Host', host), typed('Port', port), chosen('TLS', tls)];
  const login = [typed('Username', username), typed('Password', key)];
  const version = chosen('Protocol version', 'MQTT 3.1.1');
  const qos = chosen('QoS', '1');
  switch (app) {
    case 'traccar-client': {
      const url = `${httpUrl}/osmand`;
      const settings = [
        typed('Device identifier', osmandToken),
        typed('Server URL', url),
        chosen('Location accuracy', 'Highest'),
        typed('Distance (meters)', String(everyMetres)),
        typed('Interval (seconds)', String(everySeconds)),
        chosen('Offline buffering', 'on'),
      ];
      if (osmandToken === undefined) return { settings };
      const query = `id=${osmandToken}&accuracy=highest&distance=${everyMetres}&interval=${everySeconds}&buffer=true`;
      return { settings, qr: `${url}?${query}` };
    }
    case 'owntracks': {
      const settings = [
        chosen('Mode', 'MQTT'),
        ...broker,
        chosen('Use WebSockets', 'off'),
        ...login,
        typed('Device ID', 'phone'),
        typed('pubTopicBase', `owntracks/${username}/phone`),
        chosen('Monitoring', 'Move'),
        chosen('extendedData', 'on'),
      ];
      const more = {
        mode: 0,
        host,
        port: Number(port),
        tls: tls === 'on',
        ws: false,
        mqttProtocolLevel: 4,
        keepalive: 60,
      };
      return { settings, ...ownTracksCode(device, { ...more, pubTopicBase: `owntracks/${username}/phone` }) };
    }
    case 'owntracks-http': {
      const url = `${httpUrl}/owntracks`;
      const settings = [
        chosen('Mode', 'HTTP'),
        typed('URL', url),
        ...login,
        typed('Device ID', 'phone'),
        chosen('Monitoring', 'Move'),
        chosen('extendedData', 'on'),
      ];
      return { settings, ...ownTracksCode(device, { mode: 3, url }) };
    }
    case 'teltonika':
      return {
        settings: [
          chosen('Data Protocol', 'Codec JSON', 'System'),
          typed('Domain', host, 'GPRS'),
          typed('Port', port, 'GPRS'),
          chosen('Protocol', 'MQTT', 'GPRS'),
          chosen('TLS Encryption', mqttTlsPort === undefined ? 'None' : 'TLS', 'GPRS'),
          chosen('MQTT Client Type', 'Custom', 'MQTT Settings'),
          typed('Device ID', username, 'MQTT Settings'),
          typed('Username', username, 'MQTT Settings'),
          typed('Password', key, 'MQTT Settings'),
          typed('Data Topic', `teltonika/${username}/data`, 'MQTT Settings'),
          typed('Command Topic', `vantrail/${username}/command`, 'MQTT Settings'),
          chosen('QoS', '1', 'MQTT Settings'),
          typed('Min Period', '10', 'Data Acquisition'),
          chosen('Ignition (239), Battery Level (113)', 'Low', 'I/O'),
        ],
      };
    case 'mqtt':
    case 'nmea':
    case 'gateway': {
      const topic = `vantrail/${username}/${{ mqtt: 'position', nmea: 'raw', gateway: 'gateway' }[app]}`;
      const settings = [...broker, version, ...login, typed('Topic', topic), qos];
      const publish = `mosquitto_pub -h ${host} -p ${port}${tls === 'on' ? ' --capath /etc/ssl/certs' : ''}`;
      const point = '{"timestamp":\'$(date +%s)\',"latitude":21.1458,"longitude":79.0882}';
      const command = `${publish} -u ${username} -P '${key}' -q 1 -t ${topic} -m '${point}'`;
      return app === 'mqtt' && key !== undefined ? { settings, command } : { settings };
    }
    case 'http': {
      const settings = [
        typed('URL', `${httpUrl}/api/positions`),
        chosen('Method', 'POST, application/json'),
        chosen('Authorization', 'Basic'),
        ...login,
      ];
      if (key === undefined) return { settings };
      const point = `[{"fixTime":'$(date +%s)'000,"latitude":21.1458,"longitude":79.0882}]`;
      const header = "-H 'content-type: application/json'";
      return { settings, command: `curl -u '${username}:${key}' ${httpUrl}/api/positions ${header} -d '${point}'` };
    }
    case 'thingsboard':
      return {
        settings: [
          ...broker,
          version,
          typed('Access token (Username)', key),
          typed('Topic', 'v1/devices/me/telemetry'),
        ],
      };
  }
}

/** OwnTracks takes its configuration by a link (https://owntracks.org/booklet/features/remoteconfig/). */
function ownTracksCode({ username, key }: TrackerIdentity, more: object): { qr?: string } {
  if (key === undefined) return {};
  const configuration = {
    _type: 'configuration',
    auth: true,
    username,
    password: key,
    deviceId: 'phone',
    tid: username.slice(-2),
    // Move: the others send rarely
    monitoring: 2,
    extendedData: true,
    ...more,
  };
  const bytes = new TextEncoder().encode(JSON.stringify(configuration));
  const inline = btoa(String.fromCharCode(...bytes));
  return { qr: `owntracks:///config?inline=${encodeURIComponent(inline)}` };
}
