/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { ConsumerWords } from '../../protocol/consumer-words.ts';

/** The delivery code: large, hidden until it is wanted, and read out digit by digit. */
export function DeliveryCode({ code, words }: { code: string; words: ConsumerWords }) {
  const [shown, setShown] = useState(false);
  if (!shown) {
    return (
      <button type="button" class="primary" onClick={() => setShown(true)}>
        {words.code.show}
      </button>
    );
  }
  const digits = [...code].join(' ');
  return (
    <section class="code">
      <h2>{words.code.title}</h2>
      <p class="digits" aria-hidden="true">
        {code.slice(0, 3)} {code.slice(3)}
      </p>
      <p class="unseen" role="status">
        {words.code.spoken(digits)}
      </p>
      <p>{words.code.tell}</p>
      <button type="button" onClick={() => setShown(false)}>
        {words.code.hide}
      </button>
    </section>
  );
}
