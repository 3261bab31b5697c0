import type { Consumer } from '../../protocol/registry.ts';
import { addConsumer, changeConsumer } from './decide-consumer.ts';
import { type Decide, refuse } from './decision.ts';

/** What a list says of a consumer. What it does not say stays as it is. */
export type ConsumerRow = Partial<Omit<Consumer, 'version' | 'pinSource'>>;

/** From what was pinned by hand or learnt at the door, a list takes nothing away. */
const better: ReadonlySet<Consumer['pinSource']> = new Set(['pinned', 'learnt']);

/** A consumer as a list has him: added where he is not there yet, else brought up to date. */
export function importConsumer(agency: string, row: ConsumerRow & { id: string }): Decide<Consumer> {
  return (view, context) => {
    const current = view.consumer(agency, row.id);
    const { latitude, longitude, ...words } = row;
    const placed = latitude !== undefined && longitude !== undefined;
    const position = placed ? { latitude, longitude, pinSource: 'import' as const } : {};
    if (current === undefined) {
      const { name } = words;
      if (name === undefined) return refuse('invalid', 'name: is missing');
      return addConsumer(agency, { ...words, name, ...position })(view, context);
    }
    if (current.number !== undefined && row.number !== undefined && current.number !== row.number) {
      return refuse('exists', `consumer ${row.id} has the number ${current.number}`, current);
    }
    const kept = current.latitude !== undefined && better.has(current.pinSource);
    const same = current.latitude === latitude && current.longitude === longitude;
    return changeConsumer(agency, { ...words, ...(kept || same ? {} : position) })(view, context);
  };
}
