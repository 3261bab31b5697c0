import type { SeenPlace } from '../../../../protocol/place.ts';
import type { Zone } from '../../../../protocol/zone.ts';
import { searchable } from '../../../shared/searchable.ts';
import type { Action } from '../../actions.ts';
import { words } from '../../words.ts';
import type { ConsumerEntry, OrderEntry, VanEntry } from '../../world/entries.ts';
import type { World } from '../../world/world.ts';

interface Point {
  latitude: number;
  longitude: number;
}

/** What the palette can lead to. Vans and consumers are the world's own entries: there may be a hundred thousand. */
export type Choice =
  | VanEntry
  | ConsumerEntry
  | { kind: 'action'; text: string; action: Action }
  | { kind: 'order'; text: string; entry: OrderEntry; who: string }
  | { kind: 'zone' | 'place'; text: string; id: string; name: string; detail: string; points: readonly Point[] };

/** What a choice is remembered by. */
export function keyOf(choice: Choice): string {
  switch (choice.kind) {
    case 'van':
      return `van/${choice.van.id}`;
    case 'consumer':
      return `consumer/${choice.consumer.id}`;
    case 'action':
      return `action/${choice.action.id}`;
    case 'order':
      return `order/${choice.entry.order.id}`;
    default:
      return `${choice.kind}/${choice.id}`;
  }
}

export function nameOf(choice: Choice): string {
  switch (choice.kind) {
    case 'van':
      return choice.van.name;
    case 'consumer':
      return choice.consumer.name;
    case 'action':
      return choice.action.name;
    case 'order':
      return words.palette.order(choice.entry.order.id, choice.who);
    default:
      return choice.name;
  }
}

/** What tells it from others of the same name. */
export function detailOf(choice: Choice): string {
  switch (choice.kind) {
    case 'van':
      return choice.van.id === choice.van.name ? '' : choice.van.id;
    case 'consumer': {
      const { address, pincode, phone, id } = choice.consumer;
      return [address, pincode].filter(Boolean).join(', ') || (phone ?? id);
    }
    case 'order':
      return words.requests.states[choice.entry.order.state];
    case 'action':
      return '';
    default:
      return choice.detail;
  }
}

export function actionChoice(action: Action): Choice {
  return { kind: 'action', text: searchable(action.name, action.id), action };
}

/** The orders, each with the name of its consumer, the newest booking first. */
export function orderChoices({ orders, consumers }: Pick<World, 'orders' | 'consumers'>): Choice[] {
  const entries = [...orders.values()].sort((a, b) => b.order.bookedAt - a.order.bookedAt);
  return entries.map((entry) => {
    const { id, consumerId } = entry.order;
    const who = consumers.get(consumerId)?.consumer.name ?? '';
    return { kind: 'order', text: searchable(id, who), entry, who };
  });
}

export function zoneChoice({ id, name, shape }: Zone): Choice {
  const points = shape.type === 'circle' ? circlePoints(shape) : shape.type === 'polygon' ? shape.corners : shape.line;
  return { kind: 'zone', text: searchable(name, id), id, name, detail: '', points };
}

/** The four ends of a circle: what has to be in view for all of it to be. */
function circlePoints({ latitude, longitude, radius }: Point & { radius: number }): Point[] {
  const north = radius / 111_320;
  const east = north / Math.max(0.05, Math.cos((latitude * Math.PI) / 180));
  return [
    { latitude: latitude + north, longitude },
    { latitude: latitude - north, longitude },
    { latitude, longitude: longitude + east },
    { latitude, longitude: longitude - east },
  ];
}

export function placeChoice(place: SeenPlace): Choice {
  const { key, name, district, state, latitude, longitude } = place;
  const detail = [district === name ? undefined : district, state].filter(Boolean).join(', ');
  return { kind: 'place', text: searchable(name, key), id: key, name, detail, points: [{ latitude, longitude }] };
}
