import type { Credential } from '../link/keys.ts';
import type { Publisher } from '../link/publisher.ts';
import { count, factor, flag, text, time, UsageError } from '../options.ts';
import { Phones } from '../orders/phones.ts';
import { Rounds } from '../orders/rounds.ts';
import { Random } from '../random.ts';
import { consumersOf, homesOf } from '../town/consumers.ts';
import { makeTown } from '../town/town.ts';
import { Fleet, type Member } from '../vans/fleet.ts';
import { encode } from '../vans/payload.ts';
import { type Context, command, limited, rest } from './command.ts';
import { type Connection, connect, connectionOptions } from './connection.ts';

/** ms between two looks at what is due, and between two status lines */
const pulse = 250;
const statusEvery = 2000;
/** A machine that slept longer than this does not make up for it, ms. */
const slept = 120_000;
/** ms to send what waits at the end; the program has ten seconds */
const draining = 6000;

export const vans = command({
  summary: 'vans that deliver in the demo town',
  usage: '[options]',
  options: {
    ...connectionOptions,
    vans: count('N', 'how many', 20, 1, 10_000),
    consumers: count('N', 'how many consumers to register; the vans deliver to them', 2000, 0, 20_000),
    seed: count('N', 'of the town and of everything that happens in it', 1, 0, 2 ** 31),
    interval: time('between two fixes of a van', 2000, 250, 600_000),
    pace: factor('FACTOR', 'stops are this many times shorter than in life', 6, 0.1, 100),
    orders: flag('book refills, put them on the vans’ runs and hand them over at the doors; needs --phones'),
    phones: count('PORT', 'port of loopback where the consumers’ telephones take messages (0: none)', 0, 0, 65_535),
    'phones-secret': text('SECRET', 'the daemon’s --notify-secret', '', 'VANTRAIL_PHONES_SECRET'),
    'wild-clock': flag('the last van’s clock is three hours ahead'),
  },
  async run({ values, rest: extra }, context) {
    if (extra.length > 0) throw new UsageError(`vans takes no ${extra[0]}`);
    if (values.orders && (values.phones === 0 || values['phones-secret'] === '')) {
      throw new UsageError('--orders: needs --phones and --phones-secret, for the codes that consumers read out');
    }
    const connection = await connect(values, context);
    const town = makeTown(values.seed);
    const doors = values.consumers > 0 ? homesOf(town, values.consumers) : town.doors;
    const fleet = new Fleet(
      town,
      { vans: values.vans, interval: values.interval, pace: values.pace, wildClock: values['wild-clock'], doors },
      Date.now(),
    );
    const credentials = await register(fleet.members, connection);
    if (connection.mayRegister) {
      const added = await connection.registration.consumers(consumersOf(town, values.consumers));
      context.say(
        `${town.name}: ${values.vans} vans, ${values.consumers} consumers (${added} new), seed ${values.seed}`,
      );
    }
    const lines = new Map<Member, { username: string; publisher: Publisher }>();
    fleet.members.forEach((member, i) => {
      const credential = credentials[i] as Credential;
      const publisher = connection.publishers.open(member.deviceId, credential);
      lines.set(member, { username: credential.username, publisher });
    });
    const rounds = values.orders ? await ordersOf(values, town, connection, context) : undefined;
    // registering takes a while; the vans set out now
    fleet.skipTo(Date.now());
    const signal = limited(context.signal, values.duration);
    let said = Date.now();
    try {
      while (!signal.aborted) {
        const now = Date.now();
        if (now - fleet.time > slept) fleet.skipTo(now);
        fleet.advance(now, (member, report) => {
          const line = lines.get(member);
          if (!line) return;
          for (const { topic, payload } of encode(member.format, line.username, report))
            line.publisher.publish(topic, payload);
        });
        rounds?.look(fleet.members);
        if (now - said >= statusEvery) {
          const kept = fleet.members.reduce((sum, member) => sum + member.tracker.kept, 0);
          context.status(`${connection.publishers.line} · out of network ${kept}`);
          said = now;
        }
        await rest(pulse, signal);
      }
    } finally {
      await rounds?.stop();
      await connection.publishers.stop(draining);
    }
  },
});

/** The day's work at the doors, and the telephones it needs. */
async function ordersOf(
  values: { url: string; phones: number; 'phones-secret': string; consumers: number },
  town: ReturnType<typeof makeTown>,
  { api }: Connection,
  context: Context,
) {
  const phones = new Phones({
    ...{ port: values.phones, secret: values['phones-secret'], url: values.url },
    // Whoever started this may want to open one.
    onLink: (url) => process.send?.({ type: 'link', url }),
  });
  const rounds = new Rounds({
    api,
    codeOf: (orderId, phone) => phones.codeOf(orderId, phone),
    consumers: consumersOf(town, values.consumers),
    homes: homesOf(town, values.consumers),
    random: new Random(town.seed).fork('orders'),
    say: context.say,
  });
  await phones.start();
  await rounds.begin();
  return { look: (members: readonly Member[]) => rounds.look(members), stop: () => phones.stop() };
}

/** Makes the vans and their trackers known; without a token their keys must be in the key file. */
async function register(
  members: readonly Member[],
  { registration, keys, mayRegister }: Connection,
): Promise<Credential[]> {
  if (!mayRegister) {
    return members.map(({ deviceId }) => {
      const known = keys.get(deviceId);
      if (!known) throw new UsageError(`--token: needed, because the key of ${deviceId} is not in the --keys file`);
      return known;
    });
  }
  try {
    return await registration.all(members, async ({ vanId, name, deviceId }) => {
      await registration.van({ id: vanId, name, kind: 'van' });
      return registration.device({ id: deviceId, type: 'tracker', vanId });
    });
  } finally {
    // also when it failed half way: a key is shown only once
    await keys.save();
  }
}
