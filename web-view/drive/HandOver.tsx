/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { endsInCheckDigit } from '../../protocol/damm.ts';
import type { Order } from '../../protocol/order.ts';
import type { NewAct } from './acts.ts';
import type { DriveWords } from './words.ts';

const digitsOfCode = 6;

/**
 * The hand-over: the code that the consumer tells, and the empties. A slip of the finger is found here, by the check
 * digit; whether it is the right code nobody knows but the daemon.
 */
export function HandOver({
  order,
  words,
  refusal,
  onAct,
  onBack,
}: {
  order: Order;
  words: DriveWords;
  refusal: string | undefined;
  onAct: (act: NewAct) => void;
  onBack: () => void;
}) {
  const [code, setCode] = useState('');
  const [empties, setEmpties] = useState(order.cylinders);
  const [without, setWithout] = useState(false);
  const [problem, setProblem] = useState<'codeShort' | 'codeSlip'>();
  const done = (how: { code: string } | { reason: string }) =>
    onAct({ kind: 'deliver', orderId: order.id, empties, ...how });
  const handOver = (event: Event) => {
    event.preventDefault();
    const digits = code.replace(/\D/g, '');
    if (digits.length !== digitsOfCode) setProblem('codeShort');
    else if (!endsInCheckDigit(digits)) setProblem('codeSlip');
    else done({ code: digits });
  };
  const refused =
    refusal === undefined
      ? undefined
      : refusal in words.refused
        ? words.refused[refusal as keyof DriveWords['refused']]
        : words.refused.other;
  return (
    <form onSubmit={handOver}>
      {!without && (
        <label>
          {words.code}
          <input
            class="digits"
            inputMode="numeric"
            autocomplete="off"
            maxLength={9}
            value={code}
            onInput={(event) => {
              setProblem(undefined);
              setCode(event.currentTarget.value);
            }}
          />
        </label>
      )}
      {problem !== undefined && <p role="alert">{words[problem]}</p>}
      {problem === undefined && refused !== undefined && <p role="alert">{refused}</p>}
      <p id="empties">{words.empties}</p>
      <div class="count">
        <button type="button" aria-label={words.less} onClick={() => setEmpties(Math.max(0, empties - 1))}>
          −
        </button>
        <output aria-labelledby="empties">{empties}</output>
        <button type="button" aria-label={words.more} onClick={() => setEmpties(Math.min(50, empties + 1))}>
          +
        </button>
      </div>
      {without ? (
        <>
          <p>{words.reason}</p>
          {Object.entries(words.noCodeReasons).map(([kind, reason]) => (
            <button type="button" class="big" key={kind} onClick={() => done({ reason })}>
              {reason}
            </button>
          ))}
        </>
      ) : (
        <>
          <button type="submit" class="primary big">
            {words.handOver}
          </button>
          <button type="button" onClick={() => setWithout(true)}>
            {words.noCode}
          </button>
        </>
      )}
      <button type="button" onClick={without ? () => setWithout(false) : onBack}>
        {words.back}
      </button>
    </form>
  );
}
