import type { TSchema } from 'typebox';
import {
  AccountProfile,
  InvitationRecord,
  PasswordRecord,
  ServiceKeyRecord,
  SessionEndRecord,
  SessionRecord,
} from '../../protocol/account.ts';
import { LinkCredential } from '../../protocol/order.ts';
import { PlaceEvent } from '../../protocol/place.ts';
import { Position } from '../../protocol/position.ts';
import { DeadLetter, DeviceCredential, Event, type LogRecord, type Topic } from '../../protocol/record.ts';
import { Consumer } from '../../protocol/registry.ts';
import { WebhookSecret } from '../../protocol/webhook.ts';

/** One kind of values of a topic. `name` is in the header `schema` and in the published schemas: it never changes. */
export interface ValueKind {
  name: string;
  schema: TSchema;
}

type ValueOf<T extends Topic> = NonNullable<Extract<LogRecord, { topic: T }>['value']>;
type KindOf<V> = V extends { kind: infer K extends string } ? K : 'plain';

/**
 * What the values of each topic are, by their field `kind`; `plain`: they have no such field. The compiler asks for a
 * schema once a topic gets values of another kind. `tools/published.ts` publishes all of them under the same names.
 */
const kinds: { readonly [T in Topic]: Readonly<Record<KindOf<ValueOf<T>>, ValueKind>> } = {
  positions: { plain: { name: 'Position', schema: Position } },
  events: { plain: { name: 'Event', schema: Event } },
  people: {
    plain: { name: 'Consumer', schema: Consumer },
    account: { name: 'AccountProfile', schema: AccountProfile },
  },
  places: { plain: { name: 'PlaceEvent', schema: PlaceEvent } },
  accounts: {
    device: { name: 'DeviceCredential', schema: DeviceCredential },
    link: { name: 'LinkCredential', schema: LinkCredential },
    password: { name: 'PasswordRecord', schema: PasswordRecord },
    'service-key': { name: 'ServiceKeyRecord', schema: ServiceKeyRecord },
    invitation: { name: 'InvitationRecord', schema: InvitationRecord },
    session: { name: 'SessionRecord', schema: SessionRecord },
    'session-end': { name: 'SessionEndRecord', schema: SessionEndRecord },
    'webhook-secret': { name: 'WebhookSecret', schema: WebhookSecret },
  },
  'dead-letters': { plain: { name: 'DeadLetter', schema: DeadLetter } },
};

/** The kind of a value; or, as text, why it is of none that its topic has. */
export function kindOf(topic: Topic, value: unknown): ValueKind | string {
  const found = (value as { kind?: unknown } | null | undefined)?.kind;
  const kind = named(topic, found ?? 'plain');
  if (kind !== undefined) return kind;
  const known = Object.keys(kinds[topic]);
  // Where there is but one kind, a field `kind` can only be one that a later version has added.
  const [only] = Object.values(kinds[topic]);
  if (known.length === 1 && only !== undefined) return only;
  if (found === undefined) return `its value has no kind; in ${topic} there are ${known.join(', ')}`;
  // of what may be a secret in the wrong field, no more than is needed to find it
  const told = JSON.stringify(found).slice(0, 40);
  return `its value is of kind ${told}; in ${topic} there are ${known.join(', ')}`;
}

/**
 * The kind of what stood under an id, for the record that erases it: ids begin with the kind and a colon, `session:ID`;
 * those of consumers, and in topics that erase nothing, have none.
 */
export function kindOfId(topic: Topic, id = ''): ValueKind {
  const found = named(topic, id.slice(0, Math.max(0, id.indexOf(':')))) ?? Object.values(kinds[topic])[0];
  if (found === undefined) throw new Error(`${topic} has no kinds of values`);
  return found;
}

function named(topic: Topic, word: unknown): ValueKind | undefined {
  const all: Readonly<Record<string, ValueKind>> = kinds[topic];
  return typeof word === 'string' && Object.hasOwn(all, word) ? all[word] : undefined;
}
