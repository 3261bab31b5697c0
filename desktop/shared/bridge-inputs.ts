import { type Static, type TSchema, Type } from 'typebox';
import type { CallName, Calls } from './bridge.ts';

/** The checks of what pages say. Main alone knows them: a page that was taken over would not check itself. */
const id = Type.String({ minLength: 1, maxLength: 80 });
const time = Type.Integer({ minimum: 0, maximum: 8_640_000_000_000_000 });
const text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const closed = { additionalProperties: false } as const;
const maybe = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Undefined()]);

const thing = Type.Object(
  { kind: Type.Union([Type.Literal('order'), Type.Literal('van'), Type.Literal('consumer')]), id },
  closed,
);
const foundKind = Type.Union([
  Type.Literal('van'),
  Type.Literal('consumer'),
  Type.Literal('order'),
  Type.Literal('alert'),
]);
const period = Type.Object({ vanId: id, from: time, to: time }, closed);

/** One frame holds the positions of at most a few seconds. */
const mostBytes = 8 * 1024 * 1024;
const bytes = Type.Refine(
  Type.Unsafe<Uint8Array>({}),
  (value) => value instanceof Uint8Array && value.byteLength <= mostBytes,
  () => 'must be bytes',
);

export const inputs = {
  'desk.state': Type.Undefined(),
  'desk.language': Type.Object({ language: Type.Union([Type.Literal('en'), Type.Literal('hi')]) }, closed),
  'server.set': Type.Object({ address: text(300) }, closed),
  'session.token': Type.Undefined(),
  'session.sign-in': Type.Object({ login: text(100), password: text(1000) }, closed),
  'session.invitation': Type.Object({ secret: text(200) }, closed),
  'session.accept': Type.Object({ secret: text(200), password: text(1000) }, closed),
  'session.sign-out': Type.Object(
    { cache: Type.Union([Type.Literal('keep'), Type.Literal('remove'), Type.Literal('ask')]) },
    closed,
  ),
  // it ends with an id, and that of an alert is long (protocol/alert.ts)
  'cache.picture': Type.Object({ after: maybe(Type.String({ maxLength: 300 })) }, closed),
  'cache.feed': Type.Object(
    {
      link: Type.Integer({ minimum: 0 }),
      at: time,
      messages: Type.Array(Type.String({ maxLength: mostBytes }), { maxItems: 10_000 }),
      subjects: Type.Array(text(100), { maxItems: 200_000 }),
      positions: Type.Array(bytes, { maxItems: 1000 }),
    },
    closed,
  ),
  'cache.trail': period,
  'cache.fill': period,
  'cache.search': Type.Object(
    { text: Type.String({ maxLength: 200 }), limit: Type.Integer({ minimum: 1, maximum: 500 }) },
    closed,
  ),
  'cache.open': Type.Object({ kind: foundKind, id }, closed),
  'cache.facts': Type.Undefined(),
  'notes.add': Type.Object({ about: thing, text: text(500) }, closed),
  'notes.list': Type.Undefined(),
  'notes.remove': Type.Object({ id: Type.Integer({ minimum: 1 }) }, closed),
  'notify.show': Type.Object({ title: text(120), body: Type.String({ maxLength: 400 }), open: maybe(thing) }, closed),
  'tray.unread': Type.Object({ alerts: Type.Integer({ minimum: 0, maximum: 1_000_000 }) }, closed),
} satisfies Record<CallName, TSchema>;

/**
 * Does not compile where a check lets through what its handler does not expect.
 */
type Agreed = { [N in CallName]: Static<(typeof inputs)[N]> extends Calls[N]['input'] ? true : N };
const agreed: Record<CallName, true> = {} as Agreed;
void agreed;
