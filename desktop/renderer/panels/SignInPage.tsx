import { Button, Code } from '@mantine/core';
import { words } from '../words.ts';
import { Logo } from './Logo.tsx';

/** Shown instead of the console while nobody is signed in: what to do, in two steps. */
export function SignInPage({ expired }: { expired: boolean }) {
  const address = `${location.origin}${location.pathname}#token=`;
  return (
    <main className="sign-in">
      <h1 className="product">
        <Logo />
        {words.product}
      </h1>
      <h2>{words.signIn.title}</h2>
      <p>{expired ? words.signIn.expired : words.signIn.lead}</p>
      <ol>
        <li>
          {words.signIn.step1}
          <Code block>npm run -s token -- --role DISPATCHER --agency AGENCY</Code>
        </li>
        <li>
          {words.signIn.step2}
          <Code block>{address}…</Code>
        </li>
      </ol>
      <p className="quiet">{words.signIn.note}</p>
      <Button onClick={() => location.reload()}>{words.signIn.again}</Button>
    </main>
  );
}
