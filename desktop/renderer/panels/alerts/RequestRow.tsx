import { CloseButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useStore } from 'zustand';
import { useParts, useZone } from '../../console-context.ts';
import { ago, fullTime } from '../../format.ts';
import { words } from '../../words.ts';

interface RequestRowProps {
  of: string;
  mark: ReactNode;
  title: string;
  at: number;
  now: number;
  isFirst: boolean;
  children: ReactNode;
}

/** The frame of a request: what it is, since when it waits, and why a decision was refused. */
export function RequestRow({ of, mark, title, at, now, isFirst, children }: RequestRowProps) {
  const { alerts } = useParts();
  const zone = useZone();
  const said = useStore(alerts.state, (state) => state.said.get(of));
  return (
    <li className="alert request" data-request={of} tabIndex={isFirst ? 0 : -1}>
      <span className="request-mark">{mark}</span>
      <div className="alert-main">
        <p className="alert-kind">
          <span>{title}</span>
          <time dateTime={new Date(at).toISOString()} title={fullTime(at, zone)}>
            {ago(at, now)}
          </time>
        </p>
        {children}
        {said !== undefined && (
          <p className="alert-said" data-kind={said.kind} role="status">
            <span>{said.text}</span>
            <CloseButton size="xs" aria-label={words.alerts.putAway} onClick={() => alerts.putAway(of)} />
          </p>
        )}
      </div>
    </li>
  );
}
