import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import { KafkaLog } from './kafka.ts';

export const silent = pino({ level: 'silent' });

/** For tests: the name of topics nobody else uses. */
export function freshPrefix(): string {
  return `test-${randomUUID().slice(0, 8)}`;
}

type Options = ConstructorParameters<typeof KafkaLog>[0];

/** A started log on real brokers, with few partitions and one replica unless told otherwise. */
export async function openKafkaLog(options: Partial<Options> & Pick<Options, 'brokers' | 'prefix'>): Promise<KafkaLog> {
  const log = new KafkaLog({ partitions: 2, replication: 1, logger: silent, ...options });
  await log.start();
  return log;
}
