import { IconEngine, IconEngineOff, IconMapPin, IconPhone } from '@tabler/icons-react';
import type { VanStatus } from '../../../protocol/status.ts';
import { ago, fullTime } from '../format.ts';
import { words } from '../words.ts';
import type { ConsumerEntry, VanEntry } from '../world/entries.ts';
import { Battery } from './Battery.tsx';
import { RunLine } from './orders/RunLine.tsx';
import type { RunLine as Run } from './orders/runs.ts';
import { StatusMark } from './StatusMark.tsx';

interface VanRowProps {
  entry: VanEntry;
  status: VanStatus;
  now: number;
  zone: string;
  /** of today, where there is one */
  run?: Run | undefined;
}

export function VanRow({ entry, status, now, zone, run }: VanRowProps) {
  const { van, position } = entry;
  const speed = position?.speed;
  return (
    <>
      <StatusMark status={status} size={22} />
      <span className="row-main">
        <span className="row-name">{van.name}</span>
        <span className="row-more">
          <span className="status-word" data-status={status}>
            {words.status[status]}
          </span>
          {position !== null && (
            <span title={`${words.panel.lastSeen} ${fullTime(position.fixTime, zone)}`}>
              {' · '}
              {ago(position.fixTime, now)}
            </span>
          )}
        </span>
        {run !== undefined && <RunLine run={run} zone={zone} />}
      </span>
      {position !== null && (
        <span className="row-side">
          <span className="row-speed">
            {status === 'silent' || speed === undefined ? (
              '–'
            ) : (
              <>
                <strong>{Math.round(speed)}</strong> {words.kmh}
              </>
            )}
          </span>
          <span className="row-health">
            <Ignition on={position.ignition} />
            <Battery percent={position.battery} />
          </span>
        </span>
      )}
    </>
  );
}

function Ignition({ on }: { on: boolean | undefined }) {
  if (on === undefined) return null;
  const text = on ? words.panel.ignitionOn : words.panel.ignitionOff;
  const Icon = on ? IconEngine : IconEngineOff;
  return (
    <span className="ignition" data-on={on} title={text}>
      <Icon size={15} aria-hidden="true" />
      <span className="visually-hidden">{text}</span>
    </span>
  );
}

export function ConsumerRow({ entry }: { entry: ConsumerEntry }) {
  const { name, address, phone, pincode } = entry.consumer;
  return (
    <>
      <IconMapPin className="consumer-mark" size={20} aria-hidden="true" />
      <span className="row-main">
        <span className="row-top">
          <span className="row-name">{name}</span>
          {phone !== undefined && (
            <span className="row-phone">
              <IconPhone size={12} aria-hidden="true" /> {phone}
            </span>
          )}
        </span>
        <span className="row-more">{[address, pincode].filter(Boolean).join(', ') || entry.consumer.id}</span>
      </span>
    </>
  );
}
