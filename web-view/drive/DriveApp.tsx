/** @jsxImportSource preact */
import { useCallback, useEffect, useMemo, useState } from 'preact/hooks';
import type { Language } from '../../protocol/consumer-words.ts';
import { ask, Refused } from '../shared/http.ts';
import { byCookie, type Opened } from '../shared/session.ts';
import type { Kept } from './kept.ts';
import { RunPage } from './RunPage.tsx';
import { InvitationPage, SignInPage } from './SignInPage.tsx';
import { keepOffline } from './update.ts';
import { driveWords } from './words.ts';

const languageKey = 'vantrail-language';
/** Whoever was signed in when there last was network; he goes on without it. */
const loginKey = 'vantrail-login';

function firstLanguage(): Language {
  const chosen = localStorage.getItem(languageKey) ?? navigator.language;
  return chosen.startsWith('hi') ? 'hi' : 'en';
}

/** The driver's page: who he is, then his run. */
export function DriveApp({ kept, invitation: given }: { kept: Kept; invitation: string | undefined }) {
  const [language, setLanguage] = useState(firstLanguage);
  const [invitation, setInvitation] = useState(given);
  const [opened, setOpened] = useState<Opened | 'none' | 'offline'>();
  const [takeOver, setTakeOver] = useState<() => void>();
  const words = driveWords[language];
  document.documentElement.lang = language;
  useEffect(() => {
    void keepOffline((take) => setTakeOver(() => take)).catch(() => {});
    // Where nobody has ever signed in there is no cookie to ask with.
    if (localStorage.getItem(loginKey) === null) {
      setOpened('none');
      return;
    }
    ask<Opened>('POST', '/api/session/refresh').then(setOpened, (error: unknown) =>
      setOpened(error instanceof Refused && error.status < 500 ? 'none' : 'offline'),
    );
  }, []);
  const enter = useCallback((next: Opened) => {
    localStorage.setItem(loginKey, `${next.subject}@${next.agency}`);
    setOpened(next);
    setInvitation(undefined);
  }, []);
  const leave = useCallback(async () => {
    localStorage.removeItem(loginKey);
    await kept.forget();
    await ask('DELETE', '/api/session').catch(() => {});
    setOpened('none');
  }, [kept]);
  const session = useMemo(() => byCookie(typeof opened === 'object' ? opened : undefined), [opened]);

  const change = () => {
    const next = language === 'en' ? 'hi' : 'en';
    localStorage.setItem(languageKey, next);
    setLanguage(next);
  };
  const login =
    typeof opened === 'object' ? `${opened.subject}@${opened.agency}` : (localStorage.getItem(loginKey) ?? undefined);
  const body = () => {
    if (invitation !== undefined) {
      const dead = () => setInvitation(undefined);
      return <InvitationPage secret={invitation} words={words} language={language} onOpened={enter} onDead={dead} />;
    }
    if (opened === undefined) return <p>{words.loading}</p>;
    if (opened === 'none' || login === undefined) return <SignInPage words={words} onOpened={enter} />;
    if (typeof opened === 'object' && opened.role !== 'DELIVERY_PARTNER') {
      return (
        <>
          <p class="detail">{words.notDriver}</p>
          <button type="button" onClick={() => void leave()}>
            {words.signOut}
          </button>
        </>
      );
    }
    return (
      <RunPage
        kept={kept}
        session={session}
        login={login}
        language={language}
        onSignedOut={() => setOpened('none')}
        onLeave={() => void leave()}
      />
    );
  };
  return (
    <>
      {takeOver !== undefined && (
        <button type="button" class="primary" onClick={takeOver}>
          {words.update}
        </button>
      )}
      {body()}
      <button type="button" class="quiet" lang={language === 'en' ? 'hi' : 'en'} onClick={change}>
        {words.language}
      </button>
    </>
  );
}
