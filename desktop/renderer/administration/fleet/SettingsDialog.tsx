import { Button, NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { Copyable } from '../parts/Copyable.tsx';
import { Dialog } from '../parts/Dialog.tsx';
import { Failed, Skeleton } from '../parts/Listed.tsx';
import { useReading } from '../parts/reading.ts';
import { spoken } from '../words/spoken.ts';
import { trackerSettingsWords } from '../words/tracker-settings.ts';
import { FirstPoint } from './FirstPoint.tsx';
import { QrCode } from './QrCode.tsx';
import {
  appsFor,
  settingsFor,
  type TrackerAddress,
  type TrackerApp,
  type TrackerIdentity,
} from './tracker-settings.ts';

/** What to type into the device, as exactly as it can be said, a code for phones, and whether it is heard. */
export function SettingsDialog(props: { device: TrackerIdentity; type: string; isNew: boolean; close: () => void }) {
  const { device, type, isNew, close } = props;
  const say = spoken(trackerSettingsWords).settings;
  const apps = appsFor(type);
  const [app, setApp] = useState<TrackerApp>(apps[0] ?? 'mqtt');
  const address = useReading<TrackerAddress>('/api/tracker-address');
  const settings = address.value === undefined ? undefined : settingsFor(app, device, address.value);
  return (
    <Dialog title={say.title(device.id)} close={close} size="xl">
      {device.key !== undefined && (
        <div className="shown-once">
          <p>{say.once}</p>
          <dl>
            <dt>{say.key}</dt>
            <dd data-testid="device-key">
              <Copyable name={say.key} value={device.key} />
            </dd>
            {device.osmandToken !== undefined && (
              <>
                <dt>{say.token}</dt>
                <dd>
                  <Copyable name={say.token} value={device.osmandToken} />
                </dd>
              </>
            )}
          </dl>
        </div>
      )}
      <FirstPoint id={device.id} isNew={isNew} />
      {address.value?.thisMachineOnly === true && <p className="warn-note">{say.loopback}</p>}
      <div className="settings-head">
        <NativeSelect
          label={say.into}
          value={app}
          data={apps.map((value) => ({ value, label: say.apps[value] }))}
          onChange={({ currentTarget }) => setApp(currentTarget.value as TrackerApp)}
        />
        <p className="quiet">{say.notes[app]}</p>
      </div>
      {settings === undefined ? (
        address.error === undefined ? (
          <Skeleton rows={5} />
        ) : (
          <Failed error={address.error} retry={address.reload} />
        )
      ) : (
        <div className="settings-body">
          <table className="table settings-table" aria-label={`${say.title(device.id)}: ${say.apps[app]}`}>
            <thead>
              <tr>
                <th scope="col">{say.setting}</th>
                <th scope="col">{say.value}</th>
              </tr>
            </thead>
            <tbody>
              {settings.settings.map(({ on, name, value, chosen }) => (
                <tr key={`${on ?? ''} ${name}`}>
                  <th scope="row">
                    {on !== undefined && <span className="quiet">{on} → </span>}
                    {name}
                  </th>
                  <td>
                    {value === undefined ? (
                      <span className="quiet">{say.noKey}</span>
                    ) : chosen ? (
                      value
                    ) : (
                      <Copyable name={name} value={value} />
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
          {settings.qr !== undefined && (
            <figure className="qr">
              <QrCode text={settings.qr} label={say.scanLabel(say.apps[app])} />
              <figcaption>{say.scan}</figcaption>
            </figure>
          )}
        </div>
      )}
      {device.key === undefined && <p className="quiet">{say.newKey}</p>}
      {address.value !== undefined && address.value.mqttTlsPort === undefined && (
        <p className="warn-note">{say.noTls}</p>
      )}
      {settings?.command !== undefined && (
        <details className="try">
          <summary>{say.try}</summary>
          <Copyable name={say.try} value={settings.command} />
        </details>
      )}
      <div className="form-buttons">
        <Button className="primary" onClick={close}>
          {say.done}
        </Button>
      </div>
    </Dialog>
  );
}
