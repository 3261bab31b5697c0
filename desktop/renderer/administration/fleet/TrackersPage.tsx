import { Button } from '@mantine/core';
import { useState } from 'react';
import { useNow, useParts } from '../../console-context.ts';
import { ago, count } from '../../format.ts';
import { Battery } from '../../panels/Battery.tsx';
import { Confirm } from '../parts/Dialog.tsx';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { RowActs } from '../parts/RowActs.tsx';
import { useListing } from '../parts/reading.ts';
import { tell, tellTrouble } from '../parts/told.tsx';
import { useMay } from '../rights.ts';
import { fleetAdminWords } from '../words/fleet.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import type { Credential, DeviceView, VanView } from './fleet-things.ts';
import { MoveTracker } from './MoveTracker.tsx';
import { SettingsDialog } from './SettingsDialog.tsx';
import { TrackerForm } from './TrackerForm.tsx';
import type { TrackerIdentity } from './tracker-settings.ts';

type Doing =
  | { what: 'add' }
  | { what: 'settings'; device: TrackerIdentity; type: string; isNew: boolean }
  | { what: 'move' | 'rotate' | 'remove'; device: DeviceView };

export default function TrackersPage() {
  const { session } = useParts().console;
  const say = spoken(fleetAdminWords).trackers;
  const both = spoken(sharedWords);
  const mayChange = useMay('devices');
  const devices = useListing<DeviceView>('/api/devices');
  const vans = useListing<VanView>('/api/vans');
  const now = useNow();
  const [doing, setDoing] = useState<Doing>();
  const end = () => setDoing(undefined);
  const again = () => {
    end();
    devices.reload();
  };
  const of = ({ id }: { id: string }, more = '') => `/api/devices/${encodeURIComponent(id)}${more}`;
  const vanName = (id: string) => vans.items?.find((van) => van.id === id)?.name ?? id;
  const switchOn = (device: DeviceView, enabled: boolean) =>
    session.write({ method: 'PATCH', path: of(device), body: { enabled }, version: device.version }).then(() => {
      tell(enabled ? say.enabled(device.id) : say.disabled(device.id));
      devices.reload();
    }, tellTrouble);

  const columns: Column<DeviceView>[] = [
    {
      id: 'id',
      head: say.id,
      cell: ({ id, type, enabled }) => (
        <span className="two-lines">
          <span className="mono">{id}</span>
          <span className="quiet">
            {say.types[type]}
            {!enabled && <strong className="warn-word"> {say.off}</strong>}
          </span>
        </span>
      ),
    },
    { id: 'van', head: say.van, cell: ({ vanId }) => (vanId === null ? say.noVan : vanName(vanId)) },
    {
      id: 'heard',
      head: say.heard,
      cell: ({ health }) => (health === null ? <span className="quiet">{say.never}</span> : ago(health.lastSeen, now)),
    },
    { id: 'battery', head: say.battery, cell: ({ health }) => <Battery percent={health?.battery} /> },
    {
      id: 'counts',
      head: say.counts,
      cell: ({ health }) => (health === null ? both.none : say.countsOf(count(health.positions), health.rejected)),
    },
    {
      id: 'acts',
      head: both.acts,
      quietHead: true,
      cell: (device) => (
        <RowActs
          name={device.id}
          acts={[
            {
              text: say.settings,
              run: () => setDoing({ what: 'settings', device, type: device.type, isNew: device.health === null }),
            },
            ...(mayChange
              ? [
                  { text: say.move, run: () => setDoing({ what: 'move', device }) },
                  { text: say.rotate, run: () => setDoing({ what: 'rotate', device }) },
                  {
                    text: device.enabled ? say.disable : say.enable,
                    run: () => void switchOn(device, !device.enabled),
                  },
                  { text: both.remove, danger: true, run: () => setDoing({ what: 'remove', device }) },
                ]
              : []),
          ]}
        />
      ),
    },
  ];
  const add = mayChange ? (
    <Button className="primary" onClick={() => setDoing({ what: 'add' })}>
      {say.add}
    </Button>
  ) : undefined;
  return (
    <>
      <PageHead title={both.pages.trackers} lead={say.lead}>
        {add}
      </PageHead>
      <Listed
        listing={devices}
        columns={columns}
        keyOf={({ id }) => id}
        label={both.pages.trackers}
        empty={{ title: say.emptyTitle, lead: say.emptyLead, action: add }}
      />
      {doing?.what === 'add' && (
        <TrackerForm
          vans={vans.items ?? []}
          gateways={(devices.items ?? []).filter(({ type }) => type === 'gateway').map(({ id }) => id)}
          close={end}
          done={(device, type) => setDoing({ what: 'settings', device, type, isNew: true })}
        />
      )}
      {doing?.what === 'settings' && (
        <SettingsDialog device={doing.device} type={doing.type} isNew={doing.isNew} close={again} />
      )}
      {doing?.what === 'move' && <MoveTracker device={doing.device} vans={vans.items ?? []} close={end} done={again} />}
      {doing?.what === 'rotate' && (
        <Confirm
          title={say.rotateTitle(doing.device.id)}
          button={say.rotate}
          act={async () => {
            const { device } = doing;
            const made = (await session.write({ method: 'POST', path: of(device, '/key') })) as Credential;
            setDoing({ what: 'settings', device: made, type: device.type, isNew: false });
          }}
          done={() => undefined}
          close={end}
        >
          <p>{say.rotateText}</p>
        </Confirm>
      )}
      {doing?.what === 'remove' && (
        <Confirm
          title={say.removeTitle(doing.device.id)}
          button={both.remove}
          act={() => session.write({ method: 'DELETE', path: of(doing.device) })}
          done={() => {
            tell(both.removed(doing.device.id));
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
