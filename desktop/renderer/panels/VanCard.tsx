import { ActionIcon, CloseButton, CopyButton, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy, IconFocus2, IconHistory, IconNavigation } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useConsole, useNow, useParts, useStatusTime, useZone } from '../console-context.ts';
import { ago, coordinates, courseWord, fullTime, timeSince } from '../format.ts';
import { playbackOpened } from '../playback/open.ts';
import { followToggled, selected } from '../store.ts';
import { words } from '../words.ts';
import { type ShownPosition, statusOf, type VanEntry } from '../world/entries.ts';
import { Battery } from './Battery.tsx';
import { DeviceSection } from './orders/DeviceSection.tsx';
import { RunSection } from './orders/RunSection.tsx';
import { StatusMark } from './StatusMark.tsx';
import { TrailSection } from './TrailSection.tsx';
import { useVanFacts } from './van-facts.ts';

/** Everything about the selected van. */
export function VanCard({ id }: { id: string }) {
  const { console } = useParts();
  const { store, world } = console;
  useConsole((state) => state.revision);
  const now = useNow();
  const judgedAt = useStatusTime();
  const entry = world.vans.get(id);
  if (entry === undefined) return null;
  const { van, position } = entry;
  const status = statusOf(entry, judgedAt);
  return (
    <aside className="card" aria-label={words.van.label(van.name)} data-van-id={van.id}>
      <header className="card-head">
        <StatusMark status={status} size={30} />
        <div className="card-title">
          <h2>{van.name}</h2>
          <p>
            <span className="status-word" data-status={status} title={words.statusMeaning[status]}>
              {words.status[status]}
            </span>
            {position !== null && ` · ${ago(position.fixTime, now)}`}
          </p>
        </div>
        <Tooltip label={words.playback.openHint}>
          <ActionIcon
            size="lg"
            variant="light"
            aria-label={words.playback.open}
            aria-keyshortcuts="P"
            onClick={() => store.setState(playbackOpened(store.getState(), id))}
          >
            <IconHistory size={19} />
          </ActionIcon>
        </Tooltip>
        <CloseButton
          aria-label={words.van.close}
          aria-keyshortcuts="Escape"
          onClick={() => store.setState(selected(store.getState(), undefined))}
        />
      </header>
      {position === null ? (
        <p className="card-empty">{words.van.noPosition}</p>
      ) : (
        <Facts entry={entry} position={position} isSilent={status === 'silent'} now={now} />
      )}
      <RunSection vanId={van.id} />
      {position !== null && <TrailSection />}
      <DeviceSection vanId={van.id} />
    </aside>
  );
}

interface FactsProps {
  entry: VanEntry;
  position: ShownPosition;
  isSilent: boolean;
  now: number;
}

function Facts({ entry, position, isSilent, now }: FactsProps) {
  const zone = useZone();
  const { device, accuracy } = useVanFacts(entry);
  const { speed, course, battery, ignition } = position;
  return (
    <>
      <div className="gauges" data-old={isSilent}>
        <div className="gauge">
          <strong>{speed === undefined ? '–' : Math.round(speed)}</strong>
          <span>{words.kmh}</span>
        </div>
        <div className="gauge">
          <strong className="gauge-course">
            {course === undefined ? (
              '–'
            ) : (
              <IconNavigation size={22} aria-hidden="true" style={{ transform: `rotate(${course}deg)` }} />
            )}
          </strong>
          <span>{course === undefined ? words.van.course : courseWord(course)}</span>
        </div>
        <div className="gauge">
          <strong className="gauge-battery">
            <Battery percent={battery} />
          </strong>
          <span>{words.van.battery.toLowerCase()}</span>
        </div>
        <FollowButton />
      </div>
      <dl className="facts">
        <Fact name={words.van.lastFix}>
          <time dateTime={new Date(position.fixTime).toISOString()} title={fullTime(position.fixTime, zone)}>
            {timeSince(position.fixTime, now, zone)}
          </time>
        </Fact>
        <Fact name={words.van.ignition}>
          {ignition === undefined ? words.unknown : ignition ? words.van.on : words.van.off}
        </Fact>
        <Fact name={words.van.accuracy}>
          {accuracy === undefined ? words.unknown : words.van.accuracyOf(Math.round(accuracy))}
        </Fact>
        <Fact name={words.van.device}>{device ?? words.unknown}</Fact>
        {entry.van.driverId !== undefined && <Fact name={words.van.driver}>{entry.van.driverId}</Fact>}
        <Coordinates at={position} />
      </dl>
    </>
  );
}

function FollowButton() {
  const { store } = useParts().console;
  const following = useConsole((state) => state.following);
  return (
    <Tooltip label={words.van.followHint}>
      <button
        type="button"
        className="gauge follow"
        aria-pressed={following}
        aria-keyshortcuts="F"
        onClick={() => store.setState(followToggled(store.getState()))}
      >
        <strong>
          <IconFocus2 size={22} aria-hidden="true" />
        </strong>
        <span>{words.van.follow}</span>
      </button>
    </Tooltip>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

export function Coordinates({ at }: { at: { latitude: number; longitude: number } }) {
  const text = coordinates(at);
  return (
    <div className="fact wide">
      <dt>{words.van.coordinates}</dt>
      <dd>
        <span className="mono">{text}</span>
        <CopyButton value={text}>
          {({ copied, copy }) => (
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={copied ? words.van.copied : words.van.copy}
              title={copied ? words.van.copied : words.van.copy}
              onClick={copy}
            >
              {copied ? <IconCheck size={14} /> : <IconCopy size={14} />}
            </ActionIcon>
          )}
        </CopyButton>
      </dd>
    </div>
  );
}
