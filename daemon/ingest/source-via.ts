import type { Input } from './format.ts';

type Way = Pick<Input, 'door' | 'subtopic'> & Required<Pick<Input, 'source'>>;

/**
 * What a message of another system's topic came by, as dead letters keep it, so that they can be read again as they were:
 *
 *   via := "kafka:" topic ":" format [ ":" device ]     device: as the message's key named it
 */
export function viaOf(topic: string, { format, device }: Way['source']): string {
  return ['kafka', topic, format, ...(device === undefined ? [] : [device])].join(':');
}

/** The way a dead letter's message came by; undefined when it did not come from another system's topic. */
export function readVia(via: string): Way | undefined {
  const [word, _topic, format, device] = via.split(':');
  return word === 'kafka' && format !== undefined ? wayOf(format, device) : undefined;
}

/** How a message of a format is taken: at the door where bytes are read as that format needs them. */
export function wayOf(format: string, device?: string): Way {
  return {
    door: doors[format] ?? 'gateway',
    subtopic: '',
    source: { format, ...(device === undefined ? {} : { device }) },
  };
}

/** These need not be JSON. At all other formats' door devices are taken from the payload. */
const doors: Readonly<Record<string, Input['door']>> = { nmea: 'raw', osmand: 'osmand' };
