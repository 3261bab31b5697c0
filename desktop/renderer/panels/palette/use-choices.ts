import { useEffect, useMemo, useState } from 'react';
import type { SeenPlace } from '../../../../protocol/place.ts';
import type { Zone } from '../../../../protocol/zone.ts';
import { consoleActions } from '../../actions.ts';
import { useConsole, useParts } from '../../console-context.ts';
import { actionChoice, type Choice, keyOf, orderChoices, placeChoice, zoneChoice } from './candidates.ts';
import { searchPalette } from './palette-search.ts';

/** The gazetteer is asked when somebody has stopped typing for so long, ms, and typed so much. */
const askAfter = 180;
const leastTyped = 3;

/** What fits the query, the best first; for an empty one what was chosen lately, then every action. */
export function useChoices(query: string): readonly Choice[] {
  const parts = useParts();
  const { store, world } = parts.console;
  const recentThings = useConsole((state) => state.recentThings);
  const recentActions = useConsole((state) => state.recentActions);
  const vansRevision = useConsole((state) => state.vansRevision);
  const consumersRevision = useConsole((state) => state.consumersRevision);
  const ordersRevision = useConsole((state) => state.ordersRevision);
  const zones = useZones();
  const places = usePlaces(query);

  const actions = useMemo(() => {
    const state = store.getState();
    const can = consoleActions(parts).filter((each) => each.keysOnly !== true && (each.can?.(state) ?? true));
    return can.map(actionChoice);
  }, [parts, store]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the world is mutable; its revisions stand for it
  const orders = useMemo(() => orderChoices(world), [world, ordersRevision]);
  const recent = useMemo(() => [...recentThings, ...recentActions], [recentThings, recentActions]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: as above
  return useMemo(() => {
    if (query.trim() === '') {
      const known = new Map<string, Choice>();
      for (const each of [...actions, ...zones]) known.set(keyOf(each), each);
      const find = (key: string): Choice | undefined => {
        const id = key.slice(key.indexOf('/') + 1);
        if (key.startsWith('van/')) return world.vans.get(id);
        if (key.startsWith('consumer/')) return world.consumers.get(id);
        if (key.startsWith('order/')) return orders.find((each) => keyOf(each) === key);
        return known.get(key);
      };
      const lately = recent.flatMap((key) => find(key) ?? []);
      return [...lately, ...actions.filter((each) => !lately.includes(each))];
    }
    const sources = {
      action: actions,
      van: world.vans.values(),
      consumer: world.consumers.values(),
      order: orders,
      zone: zones,
    };
    // The gazetteer forgives typing errors, so what it answers need not have the letters that were typed.
    return [...searchPalette<Choice>(sources, query, recent, keyOf), ...places];
  }, [query, actions, orders, zones, places, recent, world, vansRevision, consumersRevision]);
}

/** The zones, asked for once the palette opens. Without a link there are none. */
function useZones(): readonly Choice[] {
  const { session } = useParts().console;
  const [zones, setZones] = useState<readonly Choice[]>([]);
  useEffect(() => {
    const end = new AbortController();
    session
      .read('/api/zones?limit=1000', end.signal)
      .then((answer) => setZones((answer as { items: Zone[] }).items.map(zoneChoice)))
      .catch(() => undefined);
    return () => end.abort();
  }, [session]);
  return zones;
}

/** The places that the gazetteer calls so. */
function usePlaces(query: string): readonly Choice[] {
  const { session } = useParts().console;
  const [found, setFound] = useState<{ of: string; places: readonly Choice[] }>({ of: '', places: [] });
  const wanted = query.trim();
  useEffect(() => {
    if (wanted.length < leastTyped) return;
    const end = new AbortController();
    const timer = setTimeout(() => {
      session
        .read(`/api/places?limit=5&query=${encodeURIComponent(wanted.slice(0, 100))}`, end.signal)
        .then((answer) => setFound({ of: wanted, places: (answer as { items: SeenPlace[] }).items.map(placeChoice) }))
        .catch(() => undefined);
    }, askAfter);
    return () => {
      clearTimeout(timer);
      end.abort();
    };
  }, [session, wanted]);
  return found.of === wanted ? found.places : none;
}
const none: readonly Choice[] = [];
