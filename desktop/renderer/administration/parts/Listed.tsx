import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { troubleOf } from './problem.ts';
import type { Listing } from './reading.ts';

export interface Column<T> {
  /** short and the same in every language: names the cell for styles */
  id: string;
  head: string;
  cell: (item: T) => ReactNode;
  /** the head is for screen readers only */
  quietHead?: boolean;
}

interface Empty {
  title: string;
  lead?: ReactNode;
  action?: ReactNode;
}

/** A list with everything that can be the case: coming, failed, empty, there, and more of it. */
export function Listed<T>(props: {
  listing: Listing<T>;
  columns: readonly Column<T>[];
  keyOf: (item: T) => string;
  label: string;
  empty: Empty;
}) {
  const { listing, columns, keyOf, label, empty } = props;
  const say = spoken(sharedWords);
  const { items, error, busy } = listing;
  if (items === undefined) {
    return error === undefined ? <Skeleton rows={6} /> : <Failed error={error} retry={listing.reload} />;
  }
  if (items.length === 0 && !busy && error === undefined) return <Nothing {...empty} />;
  return (
    <>
      {error !== undefined && <Failed error={error} retry={listing.reload} />}
      <div className="table-frame" aria-busy={busy} data-busy={busy}>
        <table className="table" aria-label={label}>
          <thead>
            <tr>
              {columns.map(({ id, head, quietHead }) => (
                <th key={id} scope="col" data-column={id}>
                  {quietHead ? <span className="visually-hidden">{head}</span> : head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.map((item) => (
              <tr key={keyOf(item)} data-row={keyOf(item)}>
                {columns.map(({ id, cell }, index) =>
                  index === 0 ? (
                    <th key={id} scope="row" data-column={id}>
                      {cell(item)}
                    </th>
                  ) : (
                    <td key={id} data-column={id}>
                      {cell(item)}
                    </td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {listing.hasMore && (
        <Button variant="default" className="more" loading={busy} onClick={listing.more}>
          {say.more}
        </Button>
      )}
    </>
  );
}

/** Grey lines where something will be; screen readers are told in a word. */
export function Skeleton({ rows }: { rows: number }) {
  return (
    <div className="skeleton" role="status">
      <span className="visually-hidden">{spoken(sharedWords).loading}</span>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines that are all alike and never move
        <span key={index} className="skeleton-line" aria-hidden="true" />
      ))}
    </div>
  );
}

export function Failed({ error, retry }: { error: Error; retry: () => void }) {
  const say = spoken(sharedWords);
  return (
    <div className="failed" role="alert">
      <div>
        <p className="empty-title">{say.failed}</p>
        <p>{troubleOf(error).text}</p>
      </div>
      <Button variant="default" size="xs" onClick={retry}>
        {say.retry}
      </Button>
    </div>
  );
}

export function Nothing({ title, lead, action }: Empty) {
  return (
    <div className="nothing">
      <p className="empty-title">{title}</p>
      {lead !== undefined && <p className="quiet">{lead}</p>}
      {action}
    </div>
  );
}
