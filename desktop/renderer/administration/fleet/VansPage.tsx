import { Button } from '@mantine/core';
import { useState } from 'react';
import { useNow, useParts } from '../../console-context.ts';
import { ago } from '../../format.ts';
import { StatusMark } from '../../panels/StatusMark.tsx';
import { words } from '../../words.ts';
import { Confirm } from '../parts/Dialog.tsx';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { tell } from '../parts/told.tsx';
import { useMay } from '../rights.ts';
import { fleetAdminWords } from '../words/fleet.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import type { Credential, DeviceView, VanView } from './fleet-things.ts';
import { SettingsDialog } from './SettingsDialog.tsx';
import { TrackerForm } from './TrackerForm.tsx';
import { VanForm } from './VanForm.tsx';

type Doing =
  | { what: 'form'; van?: VanView }
  | { what: 'remove'; van: VanView }
  | { what: 'tracker'; van: VanView }
  | { what: 'settings'; credential: Credential; type: string };

export default function VansPage() {
  const { session } = useParts().console;
  const say = spoken(fleetAdminWords).vans;
  const both = spoken(sharedWords);
  const mayChange = useMay('vans');
  const mayDrivers = useMay('drivers');
  const mayDevices = useMay('devices');
  const vans = useListing<VanView>('/api/vans');
  const devices = useListing<DeviceView>('/api/devices?limit=1000');
  const now = useNow();
  const [doing, setDoing] = useState<Doing>();
  const end = () => setDoing(undefined);
  const again = () => {
    end();
    vans.reload();
    devices.reload();
  };
  const trackersOf = (id: string) => (devices.items ?? []).filter(({ vanId }) => vanId === id);

  const columns: Column<VanView>[] = [
    {
      id: 'name',
      head: say.name,
      cell: ({ id, name }) => (
        <span className="two-lines">
          {name}
          {name !== id && <span className="quiet mono">{id}</span>}
        </span>
      ),
    },
    {
      id: 'state',
      head: say.state,
      cell: ({ status, position }) => (
        <span className="state-cell">
          <StatusMark status={status} size={15} />
          <span className="two-lines">
            {words.status[status]}
            {position !== null && <span className="quiet">{ago(position.fixTime, now)}</span>}
          </span>
        </span>
      ),
    },
    { id: 'driver', head: say.driver, cell: ({ driverId }) => driverId ?? both.none },
    {
      id: 'capacity',
      head: say.capacity,
      cell: ({ capacity }) => (capacity === undefined ? both.none : say.carries(capacity.full, capacity.empties)),
    },
    {
      id: 'trackers',
      head: say.trackers,
      cell: ({ id }) => {
        if (devices.items === undefined) return null;
        const on = trackersOf(id);
        if (on.length === 0) return <span className="warn-word">{say.noTracker}</span>;
        return <span className="mono">{on.map((device) => device.id).join(', ')}</span>;
      },
    },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (van) => (
        <RowActs
          name={van.name}
          acts={[
            mayDrivers ? { text: both.edit, run: () => setDoing({ what: 'form', van }) } : undefined,
            mayDevices ? { text: say.addTracker, run: () => setDoing({ what: 'tracker', van }) } : undefined,
            mayChange ? { text: both.remove, danger: true, run: () => setDoing({ what: 'remove', van }) } : undefined,
          ]}
        />
      ),
    },
  ];
  const add = mayChange ? (
    <Button className="primary" onClick={() => setDoing({ what: 'form' })}>
      {say.add}
    </Button>
  ) : undefined;
  return (
    <>
      <PageHead title={both.pages.vans} lead={say.lead}>
        {add}
      </PageHead>
      <Listed
        listing={vans}
        columns={columns}
        keyOf={({ id }) => id}
        label={both.pages.vans}
        empty={{ title: say.emptyTitle, lead: say.emptyLead, action: add }}
      />
      {doing?.what === 'form' && <VanForm van={doing.van} close={end} done={again} />}
      {doing?.what === 'tracker' && (
        <TrackerForm
          vanId={doing.van.id}
          vans={vans.items ?? []}
          gateways={[]}
          close={end}
          done={(credential, type) => {
            devices.reload();
            setDoing({ what: 'settings', credential, type });
          }}
        />
      )}
      {doing?.what === 'settings' && <SettingsDialog device={doing.credential} type={doing.type} isNew close={again} />}
      {doing?.what === 'remove' && (
        <Confirm
          title={say.removeTitle(doing.van.name)}
          button={both.remove}
          act={() => session.write({ method: 'DELETE', path: `/api/vans/${encodeURIComponent(doing.van.id)}` })}
          done={() => {
            tell(both.removed(doing.van.name));
            again();
          }}
          close={end}
        >
          <p>{say.removeText}</p>
        </Confirm>
      )}
    </>
  );
}
