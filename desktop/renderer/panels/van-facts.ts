import { useEffect, useState } from 'react';
import { useParts } from '../console-context.ts';
import type { VanEntry } from '../world/entries.ts';

/** What binary frames leave out of a position; asked for while a van's card is open. */
interface VanFacts {
  device?: string;
  accuracy?: number;
}

/** How often the rest of the position is asked for, ms. */
const askEvery = 10_000;

/** Device and accuracy of a van's newest fix, as far as the daemon said. */
export function useVanFacts(entry: VanEntry): VanFacts {
  const { console } = useParts();
  const { id } = entry.van;
  const [facts, setFacts] = useState<VanFacts & { of?: string }>({});
  useEffect(() => {
    const end = new AbortController();
    const ask = async () => {
      try {
        setFacts({
          of: id,
          ...readFacts(await console.session.read(`/api/vans/${encodeURIComponent(id)}`, end.signal)),
        });
      } catch {
        // Nothing to tell: the link's state already says when the daemon is away, and the next round asks again.
      }
    };
    void ask();
    const timer = setInterval(ask, askEvery);
    return () => {
      end.abort();
      clearInterval(timer);
    };
  }, [console, id]);
  if (facts.of === id) return facts;
  const { device, accuracy } = entry.position ?? {};
  return { ...(device === undefined ? {} : { device }), ...(accuracy === undefined ? {} : { accuracy }) };
}

function readFacts(answer: unknown): VanFacts {
  const { position } = (answer ?? {}) as { position?: { device?: unknown; accuracy?: unknown } | null };
  const facts: VanFacts = {};
  if (typeof position?.device === 'string') facts.device = position.device;
  if (typeof position?.accuracy === 'number') facts.accuracy = position.accuracy;
  return facts;
}
