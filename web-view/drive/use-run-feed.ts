import { useEffect, useRef, useState } from 'preact/hooks';
import { connectFeed } from '../../protocol/feed-client.ts';
import type { Session } from '../shared/session.ts';

/** Several changes of one moment are looked at together, ms. */
const together = 400;

/** Where consumers of the run are, who share it with their driver; by consumer. */
export type Shared = ReadonlyMap<string, { latitude: number; longitude: number }>;

/**
 * Hears over the feed when something of the run has changed at the agency, and where consumers are who share that. What
 * has changed is asked for; without the feed it is asked for all the same, only later.
 */
export function useRunFeed(session: Session, onChange: () => void): Shared {
  const [shared, setShared] = useState<Shared>(new Map());
  const latest = useRef(onChange);
  latest.current = onChange;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const changed = () => {
      clearTimeout(timer);
      timer = setTimeout(() => latest.current(), together);
    };
    const place = (id: string, at: { latitude: number; longitude: number } | null) =>
      setShared((before) => {
        if (at === null && !before.has(id)) return before;
        const next = new Map(before);
        if (at === null) next.delete(id);
        else next.set(id, { latitude: at.latitude, longitude: at.longitude });
        return next;
      });
    const { protocol, host } = location;
    const feed = connectFeed({
      url: () => `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/feed`,
      token: () => session.token(),
      format: 'binary',
      now: () => session.now(),
      onState: () => {},
      onMessage: (message) => {
        if (message.type === 'snapshot') {
          for (const { consumer, position } of message.consumers) place(consumer.id, position);
        } else if (message.type === 'gone') {
          if (message.kind === 'consumer') place(message.subject, null);
          changed();
        } else if (message.type === 'event') {
          if (message.name === 'consumer') place(message.consumer.id, message.position);
          if (message.name === 'order' || message.name === 'van') changed();
        }
      },
    });
    return () => {
      clearTimeout(timer);
      feed.close();
    };
  }, [session]);
  return shared;
}
