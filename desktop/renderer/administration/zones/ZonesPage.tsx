import { Button } from '@mantine/core';
import { useState } from 'react';
import type { Zone } from '../../../../protocol/zone.ts';
import { useParts } from '../../console-context.ts';
import { count } from '../../format.ts';
import { Confirm } from '../parts/Dialog.tsx';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { saveFile } from '../parts/save-file.ts';
import { tell, tellTrouble } from '../parts/told.tsx';
import { useMay } from '../rights.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { zonesWords } from '../words/zones.ts';
import { ZoneForm } from './ZoneForm.tsx';
import { ZoneImport } from './ZoneImport.tsx';

type Doing = { what: 'form'; zone?: Zone } | { what: 'import' } | { what: 'remove'; zone: Zone };

export default function ZonesPage() {
  const { session } = useParts().console;
  const say = spoken(zonesWords);
  const both = spoken(sharedWords);
  const mayChange = useMay('zones');
  const zones = useListing<Zone>('/api/zones');
  const [doing, setDoing] = useState<Doing>();
  const end = () => setDoing(undefined);
  const again = () => {
    end();
    zones.reload();
  };
  const save = () =>
    void session
      .fetch('/api/zones?format=geojson')
      .then(async (answer) => saveFile(await answer.blob(), 'zones.geojson'))
      .catch(tellTrouble);
  const sizeOf = ({ shape }: Zone) => {
    if (shape.type === 'circle') return say.circleOf(count(Math.round(shape.radius)));
    if (shape.type === 'polygon') return say.polygonOf(shape.corners.length);
    return say.corridorOf(count(Math.round(shape.width)));
  };
  const rulesOf = ({ rules }: Zone) =>
    [
      rules.enter === true && say.rule.enter,
      rules.leave === true && say.rule.leave,
      rules.dwellMinutes !== undefined && say.rule.dwell(rules.dwellMinutes),
      rules.speedLimit !== undefined && say.rule.speed(rules.speedLimit),
      rules.mayStand === true && say.rule.mayStand,
    ]
      .filter(Boolean)
      .join(', ');

  const columns: Column<Zone>[] = [
    {
      id: 'name',
      head: say.name,
      cell: ({ name, id }) => (
        <span className="two-lines">
          {name}
          <span className="quiet mono">{id}</span>
        </span>
      ),
    },
    { id: 'shape', head: say.shape, cell: sizeOf },
    { id: 'rules', head: say.rules, cell: (zone) => rulesOf(zone) || <span className="quiet">{say.noRules}</span> },
    { id: 'schedule', head: say.schedule, cell: ({ schedule }) => (schedule === undefined ? say.always : say.hours) },
    { id: 'vans', head: say.forVans, cell: ({ vans }) => (vans === undefined ? both.all : String(vans.length)) },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (zone) =>
        mayChange ? (
          <RowActs
            name={zone.name}
            acts={[
              { text: both.edit, run: () => setDoing({ what: 'form', zone }) },
              { text: both.remove, danger: true, run: () => setDoing({ what: 'remove', zone }) },
            ]}
          />
        ) : null,
    },
  ];
  const add = mayChange ? (
    <Button className="primary" onClick={() => setDoing({ what: 'form' })}>
      {say.add}
    </Button>
  ) : undefined;
  return (
    <>
      <PageHead title={both.pages.zones} lead={say.lead}>
        {(zones.items?.length ?? 0) > 0 && (
          <Button variant="default" onClick={save}>
            {say.export}
          </Button>
        )}
        {mayChange && (
          <Button variant="default" onClick={() => setDoing({ what: 'import' })}>
            {say.importFile}
          </Button>
        )}
        {add}
      </PageHead>
      <Listed
        listing={zones}
        columns={columns}
        keyOf={({ id }) => id}
        label={both.pages.zones}
        empty={{ title: say.emptyTitle, lead: say.emptyLead, action: add }}
      />
      {doing?.what === 'form' && <ZoneForm zone={doing.zone} zones={zones.items ?? []} close={end} done={again} />}
      {doing?.what === 'import' && <ZoneImport close={again} />}
      {doing?.what === 'remove' && (
        <Confirm
          title={say.removeTitle(doing.zone.name)}
          button={both.remove}
          close={end}
          act={() => session.write({ method: 'DELETE', path: `/api/zones/${encodeURIComponent(doing.zone.id)}` })}
          done={() => {
            tell(both.removed(doing.zone.name));
            again();
          }}
        >
          <p>{say.removeText}</p>
        </Confirm>
      )}
    </>
  );
}
