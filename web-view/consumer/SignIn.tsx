/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { consumerWords, type Language } from '../../protocol/consumer-words.ts';
import { ask, Refused } from '../shared/http.ts';
import type { Opened } from '../shared/session.ts';

/** A consumer comes in by a code to the telephone that the agency knows. */
export function SignIn({
  agency: given,
  language,
  onOpened,
}: {
  agency: string;
  language: Language;
  onOpened: (opened: Opened) => void;
}) {
  const words = consumerWords[language].me;
  const [agency, setAgency] = useState(given);
  const [phone, setPhone] = useState('');
  const [code, setCode] = useState('');
  const [challenge, setChallenge] = useState<string>();
  const [choices, setChoices] = useState<string[]>([]);
  const [problem, setProblem] = useState<string>();
  const told = (error: unknown) => {
    if (!(error instanceof Refused)) return setProblem(consumerWords[language].failedToSend);
    const { consumerIds } = (error.problem.current ?? {}) as { consumerIds?: string[] };
    if (error.status === 409 && consumerIds !== undefined) return setChoices(consumerIds);
    setProblem(error.status === 429 ? words.slow : words.wrong);
  };
  const sendCode = (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    ask<{ challenge: string }>('POST', '/api/session/code', { body: { agency, phone } }).then(
      (answer) => setChallenge(answer.challenge),
      told,
    );
  };
  const signIn = (consumerId?: string) => {
    setProblem(undefined);
    const chosen = consumerId === undefined ? {} : { consumerId };
    ask<Opened>('POST', '/api/session', { body: { agency, phone, challenge, code, ...chosen } }).then(onOpened, told);
  };
  return (
    <>
      <h1>{words.title}</h1>
      <form onSubmit={sendCode}>
        {given === '' && (
          <label>
            {words.agency}
            <input required value={agency} autocapitalize="none" onInput={(e) => setAgency(e.currentTarget.value)} />
          </label>
        )}
        <label>
          {words.phone}
          <input
            required
            type="tel"
            autocomplete="tel"
            value={phone}
            onInput={(event) => setPhone(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class={challenge === undefined ? 'primary' : ''}>
          {words.sendCode}
        </button>
      </form>
      {challenge !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            signIn();
          }}
        >
          <p role="status">{words.codeSent}</p>
          <label>
            {words.code}
            <input
              required
              inputMode="numeric"
              pattern="[0-9]{6}"
              autocomplete="one-time-code"
              value={code}
              onInput={(event) => setCode(event.currentTarget.value)}
            />
          </label>
          <button type="submit" class="primary">
            {words.signIn}
          </button>
        </form>
      )}
      {choices.length > 0 && (
        <div>
          <p>{words.choose}</p>
          {choices.map((id) => (
            <button type="button" key={id} onClick={() => signIn(id)}>
              {id}
            </button>
          ))}
        </div>
      )}
      {problem !== undefined && <p role="alert">{problem}</p>}
    </>
  );
}
