import { randomUUID } from 'node:crypto';
import type { AedesOptions } from 'aedes';
import type { Logger } from 'pino';
import type { RegistryView } from '../domain/registry-view.ts';
import type { Connection } from './connection.ts';
import type { Connections } from './connections.ts';
import type { Identity } from './identity.ts';
import { maySubscribe } from './mqtt-topics.ts';
import type { Publishing } from './publishing.ts';

export interface HookDeps {
  connections: Connections;
  publishing: Publishing;
  identity: Pick<Identity, 'authenticate'>;
  registry: Pick<RegistryView, 'credential'>;
  logger: Logger;
  /** seconds; the most a client may be silent for, and what counts for one that names none */
  keepAliveLimit: number;
  onConnected: (username: string) => void;
  /** UTC ms */
  now: () => number;
}

type Hooks = Required<
  Pick<AedesOptions, 'preConnect' | 'authenticate' | 'authorizePublish' | 'authorizeSubscribe' | 'authorizeForward'>
>;

/**
 * How Aedes meets our clients. CONNECT is judged in `preConnect`, while the packet can still be changed; messages that
 * reach Aedes at all (see `publishing.ts`) are appended in `authorizePublish`, where it waits before it acknowledges.
 *
 * A throw in a hook would end the process, so each one is wrapped.
 */
export function mqttHooks(deps: HookDeps): Hooks {
  const { connections, identity, publishing, logger } = deps;

  const preConnect: Hooks['preConnect'] = (client, packet, done) => {
    const connection = connections.of(client);
    if (connection === undefined) return;
    // Who has proven nothing gets a name nobody has: the holder of a client id is pushed out by its own kind alone.
    const wanted = packet.clientId;
    packet.clientId = randomUUID();
    // No sessions, no wills: trackers ask for both (OwnTracks does), and get the clean session they can work with.
    packet.clean = true;
    delete packet.will;
    // Kept by the broker, see `Connection.isSilent`: Aedes sees only part of what a client sends.
    const keepAlive = packet.keepalive || deps.keepAliveLimit;
    packet.keepalive = 0;
    // Aedes answers other versions than 3.1 and 3.1.1 with code 1, before it asks for credentials.
    if (packet.protocolVersion === 5) return done(null, true);

    const answer = identity.authenticate(packet.username, packet.password, connection.address);
    if (answer === 'slow') {
      connections.authFailures++;
      return connection.cut('slowed');
    }
    if (answer === 'wrong') {
      // An unknown name may be a key sent as a name, or a typed password: only names that exist are logged.
      const username = deps.registry.credential(packet.username ?? '')?.username;
      logger.info({ username, address: connection.address }, 'wrong device credentials');
    } else {
      connection.prove(answer, Math.min(keepAlive, deps.keepAliveLimit), deps.now());
      packet.clientId = `${answer.device.username}/${wanted || packet.clientId}`;
    }
    done(null, true);
  };

  const authenticate: Hooks['authenticate'] = (client, _username, _password, done) => {
    const connection = connections.of(client);
    if (connection?.proven === undefined) {
      connections.authFailures++;
      return done(Object.assign(new Error('bad user name or password'), { returnCode: 4 }), false);
    }
    const { username } = connection.proven.device;
    connections.proven(connection, username);
    deps.onConnected(username);
    done(null, true);
  };

  const authorizeSubscribe: Hooks['authorizeSubscribe'] = (client, subscription, done) => {
    const connection = connections.of(client);
    const username = connection?.proven?.device.username;
    if (connection === undefined || username === undefined || !maySubscribe(username, subscription.topic)) {
      return done(null, null); // answered 0x80; the connection stays
    }
    if (subscription.qos === 2) subscription.qos = 1;
    connection.commandQos = subscription.qos === 0 ? 0 : 1;
    done(null, subscription);
  };

  const authorizeForward: Hooks['authorizeForward'] = (client, packet) => {
    const connection = connections.of(client);
    // The id is ours, so that we know the acknowledgement of the command when it comes.
    if (connection !== undefined && packet.qos > 0) packet.messageId = connection.commandId;
    return packet;
  };

  function guarded(connection: Connection | undefined, work: () => void): void {
    try {
      work();
    } catch (error) {
      publishing.failed(connection, error);
    }
  }

  return {
    preConnect: (client, packet, done) => guarded(connections.of(client), () => preConnect(client, packet, done)),
    authenticate: (client, username, password, done) =>
      guarded(connections.of(client), () => authenticate(client, username, password, done)),
    authorizePublish: (client, packet, done) => {
      const connection = connections.of(client);
      if (connection === undefined) done(new Error('not connected'));
      else guarded(connection, () => publishing.fromAedes(connection, packet, done));
    },
    authorizeSubscribe: (client, subscription, done) =>
      guarded(connections.of(client), () => authorizeSubscribe(client, subscription, done)),
    authorizeForward: (client, packet) => {
      let forward: ReturnType<Hooks['authorizeForward']> = null;
      guarded(connections.of(client), () => {
        forward = authorizeForward(client, packet);
      });
      return forward;
    },
  };
}
