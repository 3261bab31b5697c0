import type { RegistryView } from '../domain/registry-view.ts';
import type { Change, World } from '../project/world.ts';

/** Numbers are compared by their last digits: with and without +91, 0 and spaces it is the same telephone. */
const compared = 10;
const fewest = 6;

/** The part of a telephone number that is compared; undefined: too short to be one. */
export function phoneKey(phone: string | undefined): string | undefined {
  const digits = (phone ?? '').replace(/\D/g, '');
  return digits.length < fewest ? undefined : digits.slice(-compared);
}

interface Index {
  ids: Map<string, Set<string>>;
  keys: Map<string, string>;
}

/**
 * Which consumers of an agency have a telephone number. A cache: made from the registry when an agency is first asked
 * about, and kept up by what changes.
 */
export class ConsumersByPhone {
  readonly #registry: Pick<RegistryView, 'consumer' | 'consumers'>;
  readonly #indexes = new Map<string, Index>();

  constructor(deps: { registry: Pick<RegistryView, 'consumer' | 'consumers'>; onChange: World['onChange'] }) {
    this.#registry = deps.registry;
    deps.onChange((change) => this.#changed(change));
  }

  /** Ids of the consumers with this number, smallest first. */
  find(agency: string, phone: string): string[] {
    const key = phoneKey(phone);
    return key === undefined ? [] : [...(this.#index(agency).ids.get(key) ?? [])].sort();
  }

  #index(agency: string): Index {
    let index = this.#indexes.get(agency);
    if (index !== undefined) return index;
    index = { ids: new Map(), keys: new Map() };
    this.#indexes.set(agency, index);
    for (const { id, phone } of this.#registry.consumers(agency)) put(index, id, phoneKey(phone));
    return index;
  }

  #changed({ agency, consumers }: Change): void {
    const index = this.#indexes.get(agency);
    if (index === undefined) return;
    for (const id of consumers) put(index, id, phoneKey(this.#registry.consumer(agency, id)?.phone));
  }
}

function put({ ids, keys }: Index, id: string, key: string | undefined): void {
  const before = keys.get(id);
  if (before === key) return;
  if (before !== undefined) {
    const others = ids.get(before);
    others?.delete(id);
    if (others?.size === 0) ids.delete(before);
    keys.delete(id);
  }
  if (key === undefined) return;
  keys.set(id, key);
  ids.set(key, (ids.get(key) ?? new Set()).add(id));
}
