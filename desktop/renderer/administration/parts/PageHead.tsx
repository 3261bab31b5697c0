import { type ReactNode, useEffect, useRef } from 'react';
import { words } from '../../words.ts';

/** The head of a page. Whoever comes to the page by the menu is at its head with the keyboard too. */
export function PageHead({ title, lead, children }: { title: string; lead?: ReactNode; children?: ReactNode }) {
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · ${words.product}`;
    head.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <header className="page-head">
      <div className="page-title">
        <h2 ref={head} tabIndex={-1}>
          {title}
        </h2>
        {lead !== undefined && <p className="quiet">{lead}</p>}
      </div>
      {children !== undefined && <div className="page-acts">{children}</div>}
    </header>
  );
}
