/** Gets one PUBLISH of QoS 0 (`messageId` 0) or 1. false: stop here, the connection has ended. */
export type TakePublish<R> = (route: R, messageId: number, payload: Buffer) => boolean;

/**
 * Takes the PUBLISH packets of QoS 0 and 1 that stand complete at the front of a chunk, and answers how many bytes they
 * were; the rest is for Aedes. `chunk` begins with a packet, and its lengths have passed the frame guard. `routeOf`
 * says where the topic in `chunk[from..to)` leads; undefined: leave this one to Aedes, which knows how to refuse.
 *
 *     publish = 0x3X  remaining length  topic length (2)  topic  [ message id (2), QoS 1 ]  payload
 *
 * Why not leave all of it to Aedes: its parser and its walk through hooks and timers cost more per message than
 * everything else we do with it, and a tracker sends hardly anything but these.
 */
export function takePublishes<R>(
  chunk: Buffer,
  routeOf: (from: number, to: number) => R | undefined,
  take: TakePublish<R>,
): number {
  const end = chunk.length;
  let at = 0;
  while (at < end) {
    const first = chunk[at] as number;
    // PUBLISH, and QoS 0 or 1; DUP and RETAIN change nothing for us
    if ((first & 0xf4) !== 0x30) break;
    let from = at + 1;
    let length = 0;
    let byte = 0x80;
    for (let shift = 0; byte & 0x80; shift += 7) {
      if (from >= end) return at;
      byte = chunk[from] as number;
      from++;
      length |= (byte & 0x7f) << shift;
    }
    const next = from + length;
    if (next > end || length < 2) break;
    const topic = from + 2;
    const topicEnd = topic + (((chunk[from] as number) << 8) | (chunk[from + 1] as number));
    const payload = first & 0x02 ? topicEnd + 2 : topicEnd;
    if (payload > next) break;
    let messageId = 0;
    if (first & 0x02) {
      messageId = ((chunk[topicEnd] as number) << 8) | (chunk[topicEnd + 1] as number);
      if (messageId === 0) break;
    }
    const route = routeOf(topic, topicEnd);
    if (route === undefined) break;
    if (!take(route, messageId, chunk.subarray(payload, next))) return end;
    at = next;
  }
  return at;
}
