import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import type { SeenPlace } from '../../../../protocol/place.ts';
import { useParts } from '../../console-context.ts';
import { coordinates, count } from '../../format.ts';
import { Confirm } from '../parts/Dialog.tsx';
import { queryOf, useKept } from '../parts/kept.ts';
import { type Column, Listed, Nothing } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { SearchField } from '../parts/SearchField.tsx';
import { tell } from '../parts/told.tsx';
import { useMay } from '../rights.ts';
import { placesWords } from '../words/places.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { PlaceForm } from './PlaceForm.tsx';
import { PlaceImport } from './PlaceImport.tsx';
import { placePath } from './place-path.ts';

type Kind = '' | SeenPlace['kind'];
type Doing = { what: 'form'; place?: SeenPlace } | { what: 'import' } | { what: 'remove'; place: SeenPlace };

/** The gazetteer as this agency sees it: what is searched for, as there may be a whole country of places. */
export default function PlacesPage() {
  const { session } = useParts().console;
  const say = spoken(placesWords);
  const both = spoken(sharedWords);
  const mayChange = useMay('places');
  const [query, setQuery] = useKept('places.query', '');
  const [kind, setKind] = useKept<Kind>('places.kind', '');
  const wanted = query.trim();
  const isPincode = /^\d{2,6}$/.test(wanted);
  const looked = isPincode ? { pincode: wanted, limit: 50 } : { query: wanted, kind, limit: 50 };
  const places = useListing<SeenPlace>(wanted === '' ? undefined : `/api/places${queryOf(looked)}`);
  const [doing, setDoing] = useState<Doing>();
  const end = () => setDoing(undefined);
  const again = () => {
    end();
    places.reload();
  };
  const columns: Column<SeenPlace>[] = [
    {
      id: 'name',
      head: say.name,
      cell: ({ name, pincode, kind: of }) => (
        <span className="two-lines">
          {pincode === undefined ? name : `${pincode} ${name}`}
          <span className="quiet">{say.kinds[of]}</span>
        </span>
      ),
    },
    {
      id: 'where',
      head: say.where,
      cell: ({ district, state }) => [district, state].filter(Boolean).join(', '),
    },
    {
      id: 'population',
      head: say.population,
      cell: ({ population }) => (population === undefined ? both.none : count(population)),
    },
    { id: 'at', head: say.at, cell: (place) => <span className="mono">{coordinates(place)}</span> },
    {
      id: 'layer',
      head: say.layer,
      cell: ({ layer }) => <span className="pill">{say.layers[layer]}</span>,
    },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (place) =>
        mayChange ? (
          <RowActs
            name={place.name}
            acts={[
              { text: both.edit, run: () => setDoing({ what: 'form', place }) },
              place.kind === 'pincode'
                ? undefined
                : { text: both.remove, danger: true, run: () => setDoing({ what: 'remove', place }) },
            ]}
          />
        ) : null,
    },
  ];
  return (
    <>
      <PageHead title={both.pages.places} lead={say.lead}>
        {mayChange && (
          <>
            <Button variant="default" onClick={() => setDoing({ what: 'import' })}>
              {say.importList}
            </Button>
            <Button className="primary" onClick={() => setDoing({ what: 'form' })}>
              {say.add}
            </Button>
          </>
        )}
      </PageHead>
      <div className="filters">
        <SearchField label={both.search} hint={say.searchHint} value={query} search={setQuery} />
        <NativeSelect
          label={say.kind}
          value={kind}
          disabled={isPincode}
          data={[
            { value: '', label: both.all },
            ...(['city', 'pincode', 'street'] as const).map((value) => ({ value, label: say.kinds[value] })),
          ]}
          onChange={({ currentTarget }) => setKind(currentTarget.value as Kind)}
        />
      </div>
      {wanted === '' ? (
        <Nothing title={say.beginTitle} lead={say.beginLead} />
      ) : (
        <Listed
          listing={places}
          columns={columns}
          keyOf={({ key }) => key}
          label={both.pages.places}
          empty={{ title: say.noMatch, lead: say.noMatchLead }}
        />
      )}
      {doing?.what === 'form' && <PlaceForm place={doing.place} close={end} done={again} />}
      {doing?.what === 'import' && <PlaceImport close={again} />}
      {doing?.what === 'remove' && (
        <Confirm
          title={say.removeTitle(doing.place.name)}
          button={both.remove}
          close={end}
          act={() => session.write({ method: 'DELETE', path: placePath(doing.place), version: doing.place.version })}
          done={() => {
            tell(both.removed(doing.place.name));
            again();
          }}
        >
          <p>{say.removeText}</p>
        </Confirm>
      )}
    </>
  );
}
