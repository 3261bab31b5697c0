/** @jsxImportSource preact */
import type { Language } from '../../protocol/consumer-words.ts';
import type { Agency } from '../../protocol/registry.ts';
import { whyRefused } from '../shared/refusal.ts';
import type { Act } from './acts.ts';
import type { DriveWords } from './words.ts';

/** Acts that the daemon did not take: the dispatcher says what is to be done, and the driver that he has heard it. */
export function Conflicts({
  acts,
  agency,
  words,
  language,
  onSeen,
}: {
  acts: readonly Act[];
  agency: Agency | undefined;
  words: DriveWords;
  language: Language;
  onSeen: (id: string) => void;
}) {
  const refused = acts.filter(({ state }) => state === 'conflict');
  if (refused.length === 0) return null;
  return (
    <section class="conflict" role="alert">
      <h2>{words.conflict.title}</h2>
      {refused.map(({ id, kind, orderId, who, problem, why }) => (
        <div key={id}>
          <p>{words.conflict.text(words.acts[kind], who ?? orderId)}</p>
          <p class="small">{whyRefused({ message: problem ?? '', problem: why ?? {} }, language)}</p>
          <button type="button" onClick={() => onSeen(id)}>
            {words.conflict.seen}
          </button>
        </div>
      ))}
      {agency?.phone !== undefined && (
        <a class="call" href={`tel:${agency.phone.replace(/[^+0-9]/g, '')}`}>
          {words.conflict.call}
        </a>
      )}
    </section>
  );
}
