import type { Device } from '../../../../protocol/registry.ts';
import { useNow, useZone } from '../../console-context.ts';
import { ago, count, fullTime, lasting } from '../../format.ts';
import { words } from '../../words.ts';
import { Battery } from '../Battery.tsx';
import { useAnswer } from './use-answer.ts';

interface DeviceView extends Device {
  health: {
    lastSeen: number;
    interval?: number;
    battery?: number;
    clockAhead?: number;
    gaps: number;
    rejected: number;
  } | null;
}

/** So often the health of a tracker is asked for while its van's card is open, ms. */
const askEvery = 20_000;
/** A clock that is less ahead does no harm, ms. */
const clockWorthSaying = 60_000;

/** The devices on a van, and how they do. */
export function DeviceSection({ vanId }: { vanId: string }) {
  const { value } = useAnswer<{ items: DeviceView[] }>(
    `/api/devices?vanId=${encodeURIComponent(vanId)}`,
    undefined,
    askEvery,
  );
  if (value === undefined) return null;
  return (
    <section className="card-section" aria-label={words.device.title}>
      <h3>{words.device.title}</h3>
      {value.items.length === 0 && <p className="quiet">{words.device.none}</p>}
      <ul className="devices">
        {value.items.map((device) => (
          <li key={device.id}>
            <DeviceLine device={device} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DeviceLine({ device: { id, type, enabled, health } }: { device: DeviceView }) {
  const now = useNow();
  const zone = useZone();
  const facts =
    health === null
      ? [words.device.never]
      : [
          words.device.seen(ago(health.lastSeen, now)),
          health.interval === undefined ? '' : words.device.interval(lasting(health.interval)),
          health.gaps === 0 ? '' : words.device.gaps(health.gaps),
          health.rejected === 0 ? '' : words.device.rejected(count(health.rejected)),
          (health.clockAhead ?? 0) > clockWorthSaying ? words.device.clock(lasting(health.clockAhead ?? 0)) : '',
        ];
  return (
    <>
      <span className="device-name">
        <strong>{id}</strong> <span className="quiet">{words.device.types[type]}</span>
        {!enabled && <span className="warn-word"> {words.device.disabled}</span>}
        {health?.battery !== undefined && <Battery percent={health.battery} />}
      </span>
      <span className="quiet" title={health === null ? undefined : fullTime(health.lastSeen, zone)}>
        {facts.filter(Boolean).join(' · ')}
      </span>
    </>
  );
}
