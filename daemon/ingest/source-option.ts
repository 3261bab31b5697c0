import { Compile } from 'typebox/compile';
import { topics } from '../../protocol/record.ts';
import { AgencyId, Id } from '../../protocol/registry.ts';
import { formats } from './formats/index.ts';

/** Another system's topic, the format of its messages, and who vouches for them. */
export interface KafkaSource {
  topic: string;
  format: string;
  /** the agency all messages belong to; absent: each message's key names it */
  agency?: string;
  /** id of the gateway device, in the agency, behind which the devices of the messages must be registered */
  gateway: string;
}

const isId = Compile(Id);
const isAgency = Compile(AgencyId);

/**
 * Reads the option `--kafka-source`:
 *
 *   source := topic ":" format [ "@" agency "/" gateway ]
 *
 * Without `@` the gateway is the device registered under the topic's own name, in the agency that the key names: every
 * agency lets the topic in by registering that device, and nobody else can. `prefix`: what our own topics begin with;
 * reading one of them would send the daemon's words back to it. `refuse` is told the wrong value and the rule.
 */
export function readSources(
  texts: readonly string[],
  prefix: string,
  refuse: (value: string, rule: string) => never = (value, rule) => {
    throw new Error(`${JSON.stringify(value)} is wrong: ${rule}`);
  },
): KafkaSource[] {
  const sources = texts.map((text) => readSource(text, (rule) => refuse(text, rule)));
  const own = new Set([...topics, 'exchange'].map((topic) => `${prefix}.${topic}.v1`));
  for (const [at, { topic }] of sources.entries()) {
    const text = texts[at] ?? topic;
    if (own.has(topic)) refuse(text, `${topic} is a topic of ours, which cannot be its own source`);
    if (sources.findIndex((other) => other.topic === topic) !== at) refuse(text, `topic ${topic} is named twice`);
  }
  return sources;
}

function readSource(text: string, refuse: (rule: string) => never): KafkaSource {
  const [, topic, format, who] = /^([^:@]*):([^:@]*)(?:@(.*))?$/.exec(text) ?? [];
  if (topic === undefined || format === undefined) {
    return refuse('must be topic:format or topic:format@agency/gateway, as delivery.location.v1:delivery-location');
  }
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic) || topic === '.' || topic === '..') {
    return refuse('the topic must be 1 to 249 letters, digits, dots, dashes and underscores');
  }
  if (!formats.some(({ name }) => name === format)) {
    return refuse(`the format must be one of ${formats.map(({ name }) => name).join(', ')}`);
  }
  if (who === undefined) {
    if (isId.Check(topic)) return { topic, format, gateway: topic };
    return refuse('this topic cannot be the id of a gateway; name one: topic:format@agency/gateway');
  }
  const [agency = '', gateway = '', ...rest] = who.split('/');
  if (!isAgency.Check(agency) || !isId.Check(gateway) || rest.length > 0) {
    return refuse('after @ there must be the id of an agency, a slash and the id of its gateway, as @demo/gw-1');
  }
  return { topic, format, agency, gateway };
}
