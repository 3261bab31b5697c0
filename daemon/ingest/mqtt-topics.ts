import type { Input } from './format.ts';

/** Where a device's publish topic leads. */
export interface PublishTarget {
  door: Input['door'];
  username: string;
  /** what stands after `door/{username}/`, or empty */
  subtopic: string;
}

/** The topics a device may publish to; `*` is its username, `#` any further levels. */
const table: readonly { door: Input['door']; levels: readonly string[] }[] = [
  { door: 'position', levels: ['vantrail', '*', 'position'] },
  { door: 'raw', levels: ['vantrail', '*', 'raw'] },
  { door: 'gateway', levels: ['vantrail', '*', 'gateway'] },
  { door: 'owntracks', levels: ['owntracks', '*', '#'] },
  { door: 'teltonika', levels: ['teltonika', '*', 'data'] },
  { door: 'thingsboard', levels: ['v1', 'devices', 'me', 'telemetry'] },
];

/** Longer ones do not come from real trackers; they would only fill logs and dead letters. */
const longest = 256;
/**
 * Wildcards, `$` (topics of the broker), control characters (NUL among them), and the character that decoders put for
 * broken UTF-8: two different broken names would look the same.
 */
const foreign = /[+#$\u0000-\u001f\u007f-\u009f\ufffd]/;

/** Where a topic leads for the device of this username; undefined when it is not its own or none of ours. */
export function readTopic(username: string, topic: string): PublishTarget | undefined {
  if (topic.length > longest || foreign.test(topic) || !isPlain(username)) return undefined;
  const levels = topic.split('/');
  if (levels.includes('')) return undefined;
  for (const { door, levels: pattern } of table) {
    const open = pattern.at(-1) === '#';
    const fixed = open ? pattern.length - 1 : pattern.length;
    if (open ? levels.length < fixed : levels.length !== fixed) continue;
    const fits = levels.slice(0, fixed).every((level, at) => level === (pattern[at] === '*' ? username : pattern[at]));
    if (fits) return { door, username, subtopic: levels.slice(fixed).join('/') };
  }
  return undefined;
}

/** Whether the device may publish there: as itself, to a topic of the table, and nothing else. */
export const mayPublish = (username: string, topic: string): boolean => readTopic(username, topic) !== undefined;

/** Where commands for a device are published. */
export function commandTopic(username: string): string {
  return `vantrail/${username}/command`;
}

/** Whether the device may subscribe to it: its own command topic by its exact name, nothing else. */
export function maySubscribe(username: string, topic: string): boolean {
  return isPlain(username) && topic === commandTopic(username);
}

/** A username that is one level of a topic and no pattern. */
const isPlain = (username: string): boolean => username !== '' && !username.includes('/') && !foreign.test(username);
