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
      <h2>{refused.every(({ settled }) => settled !== undefined) ? words.conflict.over : words.conflict.title}</h2>
      {refused.map(({ id, kind, orderId, who, problem, why, settled }) => (
        <div key={id} data-settled={settled === undefined ? undefined : settled.taken}>
          {settled === undefined ? (
            <>
              <p>{words.conflict.text(words.acts[kind], who ?? orderId)}</p>
              <p class="small">{whyRefused({ message: problem ?? '', problem: why ?? {} }, language)}</p>
            </>
          ) : (
            <p>
              <strong>{words.conflict.settled(words.acts[kind], who ?? orderId)}</strong>{' '}
              {settled.taken ? words.conflict.taken : words.conflict.notTaken}
            </p>
          )}
          <button type="button" onClick={() => onSeen(id)}>
            {settled === undefined ? words.conflict.seen : words.conflict.understood}
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
