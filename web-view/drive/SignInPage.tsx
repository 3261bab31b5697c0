/** @jsxImportSource preact */
import { useEffect, useState } from 'preact/hooks';
import type { Language } from '../../protocol/consumer-words.ts';
import { ask, Refused } from '../shared/http.ts';
import { whyRefused } from '../shared/refusal.ts';
import type { Opened } from '../shared/session.ts';
import type { DriveWords } from './words.ts';

/** Name and password. */
export function SignInPage({ words, onOpened }: { words: DriveWords; onOpened: (opened: Opened) => void }) {
  const [problem, setProblem] = useState<string>();
  const enter = (event: Event) => {
    event.preventDefault();
    setProblem(undefined);
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const body = { login: String(form.get('login')).trim(), password: String(form.get('password')) };
    ask<Opened>('POST', '/api/session', { body }).then(onOpened, (error: unknown) => {
      if (!(error instanceof Refused)) setProblem(words.network.offline);
      else setProblem(error.status === 429 ? words.signIn.slow : words.signIn.wrong);
    });
  };
  return (
    <form onSubmit={enter}>
      <h1>{words.signIn.title}</h1>
      <label>
        {words.signIn.login}
        <input name="login" required autocomplete="username" autocapitalize="none" />
      </label>
      <label>
        {words.signIn.password}
        <input name="password" type="password" required autocomplete="current-password" />
      </label>
      {problem !== undefined && <p role="alert">{problem}</p>}
      <button type="submit" class="primary">
        {words.signIn.enter}
      </button>
    </form>
  );
}

/** The first password, by the link that the agency has sent. */
export function InvitationPage({
  secret,
  words,
  language,
  onOpened,
  onDead,
}: {
  secret: string;
  words: DriveWords;
  language: Language;
  onOpened: (opened: Opened) => void;
  onDead: () => void;
}) {
  const [link, setLink] = useState<{ login: string; agency: string } | 'dead'>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    ask<{ login: string; agency: string }>('POST', '/api/invitations/look', { body: { token: secret } }).then(
      setLink,
      () => setLink('dead'),
    );
  }, [secret]);
  if (link === undefined) return <p>{words.loading}</p>;
  if (link === 'dead') {
    return (
      <>
        <p class="detail">{words.invitation.dead}</p>
        <button type="button" onClick={onDead}>
          {words.signIn.title}
        </button>
      </>
    );
  }
  const accept = (event: Event) => {
    event.preventDefault();
    const password = String(new FormData(event.currentTarget as HTMLFormElement).get('password'));
    ask<Opened>('POST', '/api/invitations/accept', { body: { token: secret, password } }).then(
      onOpened,
      (error: unknown) => {
        if (error instanceof Refused && error.status === 422)
          setProblem(`${words.invitation.weak} ${whyRefused(error, language)}`);
        else if (error instanceof Refused) setLink('dead');
        else setProblem(words.network.offline);
      },
    );
  };
  return (
    <form onSubmit={accept}>
      <h1>{words.invitation.title(link.agency)}</h1>
      <p class="detail">
        {words.invitation.login} <strong>{link.login}</strong>
      </p>
      <input type="hidden" autocomplete="username" value={link.login} />
      <label>
        {words.invitation.password}
        <input name="password" type="password" required minLength={10} autocomplete="new-password" />
      </label>
      {problem !== undefined && <p role="alert">{problem}</p>}
      <button type="submit" class="primary">
        {words.invitation.set}
      </button>
    </form>
  );
}
