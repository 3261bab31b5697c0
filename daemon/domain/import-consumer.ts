import { why, whyAt } from '../../protocol/refusal-text.ts';
import type { Consumer } from '../../protocol/registry.ts';
import { addConsumer, changeConsumer } from './decide-consumer.ts';
import { type Decide, refuse } from './decision.ts';

/** What a list says of a consumer, with both of latitude and longitude or neither. What it does not say stays. */
export type ConsumerRow = Partial<Omit<Consumer, 'version' | 'pinSource'>>;

/** From what was pinned by hand or learnt at the door, a list takes nothing away. */
const better: ReadonlySet<Consumer['pinSource']> = new Set(['pinned', 'learnt']);

/** A consumer as a list has him: added where he is not there yet, else brought up to date. */
export function importConsumer(agency: string, row: ConsumerRow & { id: string }): Decide<Consumer> {
  return (view, context) => {
    const current = view.consumer(agency, row.id);
    const { latitude, longitude } = row;
    const placed = latitude !== undefined && longitude !== undefined;
    if (current === undefined) {
      const { name } = row;
      if (name === undefined) return refuse('invalid', whyAt('name', why('name-missing')));
      return addConsumer(agency, placed ? { ...row, name, pinSource: 'import' } : { ...row, name })(view, context);
    }
    if (current.number !== undefined && row.number !== undefined && current.number !== row.number) {
      return refuse('exists', why('consumer-number', { id: row.id, number: current.number }), current);
    }
    const same = current.latitude === latitude && current.longitude === longitude;
    if (!placed || same) return changeConsumer(agency, row)(view, context);
    if (current.latitude === undefined || !better.has(current.pinSource)) {
      return changeConsumer(agency, { ...row, pinSource: 'import' })(view, context);
    }
    const { latitude: _latitude, longitude: _longitude, ...words } = row;
    return changeConsumer(agency, words)(view, context);
  };
}
