import { Type } from 'typebox';
import { staff } from './access.ts';
import type { App } from './validation.ts';

export interface TrackerAddressDeps {
  /** what links begin with, when the operator has said so */
  publicUrl: string | undefined;
  /** the address the daemon listens on */
  host: string;
  /** of the broker, once it listens */
  mqttPorts: () => { plain: number; secure?: number | undefined };
}

const Answer = Type.Object({
  host: Type.String({ description: 'name or address for the tracker' }),
  httpUrl: Type.String({ description: 'what the paths /osmand, /owntracks and /api/positions stand behind' }),
  mqttPort: Type.Integer(),
  mqttTlsPort: Type.Optional(Type.Integer({ description: 'absent: no certificate was given' })),
  thisMachineOnly: Type.Boolean({ description: 'the daemon listens on loopback: nothing outside reaches it' }),
});

/** Where trackers find this daemon: what is typed into them. A proxy before it may have other ports. */
export function trackerAddressRoutes({ publicUrl, host, mqttPorts }: TrackerAddressDeps) {
  return async (app: App): Promise<void> => {
    app.get(
      '/api/tracker-address',
      {
        config: { access: { roles: staff } },
        schema: {
          tags: ['devices'],
          summary: 'Host and ports to set in a tracker',
          response: { 200: Answer },
        },
      },
      async (request, reply) => {
        const httpUrl = publicUrl ?? `${request.protocol}://${request.host}`;
        const { plain, secure } = mqttPorts();
        reply.header('cache-control', 'no-store');
        return {
          host: new URL(httpUrl).hostname,
          httpUrl,
          mqttPort: plain,
          ...(secure === undefined ? {} : { mqttTlsPort: secure }),
          thisMachineOnly: publicUrl === undefined && /^(127\.|::1$|localhost$)/.test(host),
        };
      },
    );
  };
}
