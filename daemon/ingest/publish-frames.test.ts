import fc from 'fast-check';
import { generate, type Packet, parser } from 'mqtt-packet';
import { describe, expect, it } from 'vitest';
import { takePublishes } from './publish-frames.ts';

interface Taken {
  topic: string;
  messageId: number;
  payload: string;
}

/** Takes what it can of a chunk, for the topics given. */
function taken(chunk: Buffer, own: (topic: string) => boolean = () => true, most = Number.POSITIVE_INFINITY) {
  const messages: Taken[] = [];
  const routeOf = (from: number, to: number) => {
    const topic = chunk.toString('utf8', from, to);
    return own(topic) ? topic : undefined;
  };
  const bytes = takePublishes(chunk, routeOf, (topic, messageId, payload) => {
    messages.push({ topic, messageId, payload: payload.toString() });
    return messages.length < most;
  });
  return { bytes, messages };
}

const publish = (more: object = {}): Buffer =>
  generate({
    cmd: 'publish',
    topic: 'vantrail/van-7/position',
    payload: '{}',
    qos: 1,
    messageId: 7,
    dup: false,
    retain: false,
    ...more,
  } as Packet);

/** What a packet parser makes of the same bytes. */
function parsed(bytes: Buffer): Taken[] {
  const messages: Taken[] = [];
  const packets = parser();
  packets.on('packet', (packet) => {
    if (packet.cmd !== 'publish') return;
    messages.push({ topic: packet.topic, messageId: packet.messageId ?? 0, payload: packet.payload.toString() });
  });
  packets.parse(bytes);
  return messages;
}

describe('takePublishes', () => {
  const message = fc.record({
    topic: fc.constantFrom('vantrail/van-7/position', 'owntracks/van-7/ph\u00f6ne', 'x'),
    payload: fc.string({ maxLength: 400 }),
    qos: fc.constantFrom(0, 1),
    messageId: fc.integer({ min: 1, max: 65_535 }),
    dup: fc.boolean(),
    retain: fc.boolean(),
  });

  it('reads the same as a packet parser, and stops before a packet that is not all there', () => {
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), fc.nat(), (messages, cut) => {
        const packets = messages.map((one) => publish({ ...one, dup: one.qos > 0 && one.dup }));
        const stream = Buffer.concat(packets);
        const chunk = stream.subarray(0, cut % (stream.length + 1));
        let whole = 0;
        for (const packet of packets) if (whole + packet.length <= chunk.length) whole += packet.length;
        const { bytes, messages: read } = taken(chunk);
        // packets are of different lengths, so the whole ones at the front are what the parser finds in the chunk
        expect(read).toEqual(parsed(chunk));
        expect(bytes).toBe(parsed(chunk).reduce((sum, _, i) => sum + (packets[i]?.length ?? 0), 0));
        expect(bytes).toBeLessThanOrEqual(chunk.length);
      }),
    );
  });

  it.each([
    ['QoS 2', publish({ qos: 2 })],
    ['PINGREQ', generate({ cmd: 'pingreq' })],
    ['SUBSCRIBE', generate({ cmd: 'subscribe', messageId: 1, subscriptions: [{ topic: 'x', qos: 0 }] })],
    ['a topic that is not its own', publish({ topic: 'vantrail/van-8/position' })],
    ['message id 0', Buffer.from([0x32, 0x05, 0x00, 0x01, 0x78, 0x00, 0x00])],
    ['a topic longer than its packet', Buffer.from([0x30, 0x04, 0x00, 0x09, 0x78, 0x78])],
    ['no room for a topic', Buffer.from([0x30, 0x01, 0x00])],
    ['no room for the message id', Buffer.from([0x32, 0x03, 0x00, 0x01, 0x78])],
    ['nothing at all', Buffer.from([0x30, 0x00])],
  ])('leaves everything from %s on to Aedes', (_, packet) => {
    const front = publish();
    const own = (topic: string) => topic !== 'vantrail/van-8/position';
    const { bytes, messages } = taken(Buffer.concat([front, packet, publish()]), own);
    expect(bytes).toBe(front.length);
    expect(messages).toHaveLength(1);
  });

  it('takes nothing more once it is told to stop', () => {
    const chunk = Buffer.concat([publish(), publish(), publish()]);
    expect(taken(chunk, undefined, 2)).toMatchObject({ bytes: chunk.length, messages: { length: 2 } });
  });
});
