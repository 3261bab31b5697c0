import { Button, PasswordInput, TextInput } from '@mantine/core';
import { type FormEvent, type ReactNode, useEffect, useState } from 'react';
import { useParts } from '../console-context.ts';
import { type Invitation, Refused } from '../session.ts';
import { words } from '../words.ts';
import { Logo } from './Logo.tsx';

/** A password has so many characters at least; the daemon checks it, this only says it earlier. */
const shortest = 10;

/** Shown instead of the console while nobody is signed in. */
export function SignInPage({ expired }: { expired: boolean }) {
  const { console, desk } = useParts();
  const [login, setLogin] = useState('');
  const [password, setPassword] = useState('');
  const sending = useSending(() => console.session.signIn(login.trim(), password));
  return (
    <Page title={words.signIn.title} lead={expired ? words.signIn.expired : words.signIn.lead}>
      <form onSubmit={sending.submit}>
        <TextInput
          label={words.signIn.login}
          placeholder={words.signIn.loginExample}
          autoComplete="username"
          required
          autoFocus
          value={login}
          onChange={({ currentTarget }) => setLogin(currentTarget.value)}
        />
        <PasswordInput
          label={words.signIn.password}
          autoComplete="current-password"
          required
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        <Problem text={sending.problem} />
        <Button type="submit" loading={sending.busy}>
          {words.signIn.enter}
        </Button>
      </form>
      <p className="quiet">{words.signIn.forgotten}</p>
      {desk !== undefined && (
        <p className="quiet">
          {words.server.at(desk.state.server ?? '')}{' '}
          <Button size="compact-xs" variant="subtle" onClick={() => console.store.setState({ signIn: 'server' })}>
            {words.server.change}
          </Button>
        </p>
      )}
      {desk?.state.signInNote !== undefined && (
        <p className="quiet">{words.notices.memoryOnly(desk.state.signInNote)}</p>
      )}
    </Page>
  );
}

/** Shown to who follows a link to set a password. */
export function InvitationPage({ secret, done }: { secret: string; done: () => void }) {
  const { console } = useParts();
  const [found, setFound] = useState<Invitation | 'looking' | 'dead' | { problem: string }>('looking');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  useEffect(() => {
    console.session.invitation(secret).then(setFound, (error: Error) => {
      setFound(error instanceof Refused && error.status === 404 ? 'dead' : { problem: error.message });
    });
  }, [console, secret]);
  const sending = useSending(async () => {
    if (password !== again) throw new Error(words.signIn.differ);
    await console.session.accept(secret, password);
    done();
  });
  if (found === 'looking') return <Page title={words.signIn.looking} lead="" />;
  if (found === 'dead') return <Page title={words.signIn.deadTitle} lead={words.signIn.dead} />;
  if ('problem' in found) return <Page title={words.signIn.looking} lead={found.problem} />;
  return (
    <Page title={words.signIn.setTitle(found.agency)} lead={words.signIn.set(found.login)}>
      <form onSubmit={sending.submit}>
        {/* So that the browser's password store knows whose password it is. */}
        <TextInput label={words.signIn.login} value={found.login} readOnly autoComplete="username" />
        <PasswordInput
          label={words.signIn.newPassword}
          description={words.signIn.rule(shortest)}
          autoComplete="new-password"
          minLength={shortest}
          required
          autoFocus
          value={password}
          onChange={({ currentTarget }) => setPassword(currentTarget.value)}
        />
        <PasswordInput
          label={words.signIn.again}
          autoComplete="new-password"
          required
          value={again}
          onChange={({ currentTarget }) => setAgain(currentTarget.value)}
        />
        <Problem text={sending.problem} />
        <Button type="submit" loading={sending.busy}>
          {words.signIn.setAndEnter}
        </Button>
      </form>
    </Page>
  );
}

/** A page of its own, outside the console. */
export function Page({ title, lead, children }: { title: string; lead: string; children?: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
  }, [title]);
  return (
    <main className="sign-in">
      <h1 className="product">
        <Logo />
        {words.product}
      </h1>
      <h2>{title}</h2>
      <p>{lead}</p>
      {children}
    </main>
  );
}

export function Problem({ text }: { text: string | undefined }) {
  return (
    <p role="alert" className="sign-in-problem">
      {text}
    </p>
  );
}

/** Sends a form once at a time, and begins the console anew when it was right. */
export function useSending(send: () => Promise<unknown>) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(undefined);
    send().then(
      () => location.reload(),
      (error: Error) => {
        setBusy(false);
        if (error instanceof TypeError) setProblem(words.signIn.unreachable);
        else setProblem(error instanceof Refused && error.status === 401 ? words.signIn.wrong : error.message);
      },
    );
  };
  return { busy, problem, submit };
}
