import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Consumer } from '../../../../protocol/registry.ts';
import { useParts } from '../../console-context.ts';
import { Confirm } from '../parts/Dialog.tsx';
import { queryOf, useKept } from '../parts/kept.ts';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { SearchField } from '../parts/SearchField.tsx';
import { nameOf, saveFile } from '../parts/save-file.ts';
import { tell, tellTrouble } from '../parts/told.tsx';
import { useMay } from '../rights.ts';
import { consumersWords } from '../words/consumers.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { ConsumerForm } from './ConsumerForm.tsx';
import { ImportDialog } from './ImportDialog.tsx';

type Doing = { what: 'form'; consumer?: Consumer } | { what: 'import' } | { what: 'erase'; consumer: Consumer };

export default function ConsumersPage() {
  const { session } = useParts().console;
  const say = spoken(consumersWords);
  const both = spoken(sharedWords);
  const mayChange = useMay('consumers');
  const [query, setQuery] = useKept('consumers.query', '');
  const consumers = useListing<Consumer>(`/api/consumers${queryOf({ query: query.trim() })}`);
  const [doing, setDoing] = useState<Doing>();
  const [exporting, setExporting] = useState(false);
  const end = () => setDoing(undefined);
  const again = () => {
    end();
    consumers.reload();
  };
  const save = async () => {
    setExporting(true);
    try {
      const answer = await session.fetch('/api/consumers/export');
      saveFile(await answer.blob(), nameOf(answer, 'consumers.csv'));
    } catch (error) {
      tellTrouble(error);
    } finally {
      setExporting(false);
    }
  };

  const columns: Column<Consumer>[] = [
    {
      id: 'name',
      head: say.name,
      cell: ({ name, number, id }) => (
        <span className="two-lines">
          {name}
          <span className="quiet mono">{number ?? id}</span>
        </span>
      ),
    },
    { id: 'phone', head: say.phone, cell: ({ phone }) => phone ?? both.none },
    {
      id: 'address',
      head: say.address,
      cell: ({ address, pincode }) => (
        <span className="clip" title={address}>
          {[address, pincode].filter(Boolean).join(', ') || both.none}
        </span>
      ),
    },
    {
      id: 'pin',
      head: say.pin,
      cell: ({ latitude, pinSource }) =>
        latitude === undefined ? <span className="warn-word">{say.noPin}</span> : say.pinSources[pinSource ?? 'import'],
    },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (consumer) =>
        mayChange ? (
          <RowActs
            name={consumer.name}
            acts={[
              { text: both.edit, run: () => setDoing({ what: 'form', consumer }) },
              { text: say.erase, danger: true, run: () => setDoing({ what: 'erase', consumer }) },
            ]}
          />
        ) : null,
    },
  ];
  const importButton = mayChange ? (
    <Button variant="default" onClick={() => setDoing({ what: 'import' })}>
      {say.importList}
    </Button>
  ) : undefined;
  return (
    <>
      <PageHead title={both.pages.consumers} lead={say.lead}>
        {mayChange && (
          <>
            <Button variant="default" loading={exporting} onClick={() => void save()}>
              {say.export}
            </Button>
            {importButton}
            <Button className="primary" onClick={() => setDoing({ what: 'form' })}>
              {say.add}
            </Button>
          </>
        )}
      </PageHead>
      <div className="filters">
        <SearchField label={both.search} hint={say.searchHint} value={query} search={setQuery} />
      </div>
      <Listed
        listing={consumers}
        columns={columns}
        keyOf={({ id }) => id}
        label={both.pages.consumers}
        empty={
          query.trim() === ''
            ? { title: say.emptyTitle, lead: say.emptyLead, action: importButton }
            : { title: say.noMatch, lead: say.noMatchLead }
        }
      />
      {doing?.what === 'form' && <ConsumerForm consumer={doing.consumer} close={end} done={again} />}
      {doing?.what === 'import' && <ImportDialog close={end} done={again} />}
      {doing?.what === 'erase' && (
        <Confirm
          title={say.eraseTitle(doing.consumer.name)}
          button={say.erase}
          act={() =>
            session.write({ method: 'DELETE', path: `/api/consumers/${encodeURIComponent(doing.consumer.id)}` })
          }
          done={() => {
            tell(say.erased(doing.consumer.name));
            again();
          }}
          close={end}
        >
          <p>{say.eraseText}</p>
        </Confirm>
      )}
    </>
  );
}
