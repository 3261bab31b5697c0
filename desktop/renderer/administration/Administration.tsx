import '../styles/administration.css';
import { Suspense } from 'react';
import { useStore } from 'zustand';
import { useConsole } from '../console-context.ts';
import { LoadedOrNot } from './AdministrationScreen.tsx';
import { fragmentOf, openPage } from './address.ts';
import { groups, mayOpen, pageOf } from './pages.ts';
import { Nothing, Skeleton } from './parts/Listed.tsx';
import { PageHead } from './parts/PageHead.tsx';
import { Told } from './parts/told.tsx';
import { sharedWords } from './words/shared.ts';
import { spoken } from './words/spoken.ts';

/** The screens of the administration: the menu at the left, one page at the right. */
export default function Administration() {
  const say = spoken(sharedWords);
  const viewer = useConsole((state) => state.viewer);
  const agency = useConsole((state) => state.agency);
  const isCut = useConsole((state) => state.link.kind === 'offline' || state.link.kind === 'refused');
  const wanted = useStore(openPage, (state) => state.id);
  const known = viewer !== undefined && agency !== undefined;
  const state = { viewer, agency };
  const shown = groups
    .map(({ id, pages }) => ({ id, pages: pages.filter((page) => mayOpen(state, page)) }))
    .filter(({ pages }) => pages.length > 0);
  const open = wanted ?? 'vans';
  const page = pageOf(open);
  return (
    <div className="administration">
      <nav className="administration-menu" aria-label={say.menu}>
        {shown.map(({ id, pages }) => (
          <section key={id}>
            <h2 id={`group-${id}`} className="menu-title">
              {say.groups[id]}
            </h2>
            <ul aria-labelledby={`group-${id}`}>
              {pages.map(({ id: each, icon: Icon }) => (
                <li key={each}>
                  <a href={fragmentOf(each)} aria-current={each === open ? 'page' : undefined}>
                    <Icon size={18} aria-hidden="true" />
                    {say.pages[each]}
                  </a>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </nav>
      <main className="administration-page" key={open} data-page={open}>
        {isCut && (
          <p className="offline-word" role="status">
            {say.offline}
          </p>
        )}
        {!known || page === undefined ? (
          <Skeleton rows={6} />
        ) : mayOpen(state, page) ? (
          <LoadedOrNot>
            <Suspense fallback={<Skeleton rows={6} />}>
              <page.Page />
            </Suspense>
          </LoadedOrNot>
        ) : (
          <>
            <PageHead title={say.pages[open]} />
            <Nothing title={say.noRight} lead={say.noRightLead} />
          </>
        )}
      </main>
      <Told />
    </div>
  );
}
