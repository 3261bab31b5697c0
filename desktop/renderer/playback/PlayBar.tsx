import { ActionIcon, Button } from '@mantine/core';
import {
  IconFocus2,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconPlayerSkipBackFilled,
  IconPlayerSkipForwardFilled,
  IconPlayerTrackNextFilled,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useZone } from '../console-context.ts';
import { clockTimeExact, dateOf } from '../format.ts';
import { words } from '../words.ts';
import { playbackSpeeds } from './clock.ts';
import { stateText } from './play-words.ts';
import { type PlayedPlace, placeAt } from './played-trail.ts';
import type { PlayerState } from './player.ts';
import { usePlayed, usePlayer, useVanNames } from './player-context.ts';

/** Play, step, speed, and the played time. */
export function PlayBar() {
  const player = usePlayer();
  const hasFixes = usePlayed((state) => state.vans.some(({ trail }) => trail.times.length > 0));
  const isPlaying = usePlayed((state) => state.isPlaying);
  const label = isPlaying ? words.playback.pause : words.playback.play;
  return (
    // A click leaves the focus where it is, so that Space goes on meaning play and pause.
    // biome-ignore lint/a11y/noStaticElementInteractions: it listens to nothing, it only keeps the focus
    <div className="play-bar" onMouseDown={(event) => event.preventDefault()}>
      <div className="play-buttons">
        <StepButton by={-1} label={words.playback.previousHint} icon={<IconPlayerSkipBackFilled size={16} />} />
        <ActionIcon
          title={label}
          size={40}
          radius="xl"
          color="blue.8"
          aria-label={label}
          disabled={!hasFixes}
          onClick={player.toggle}
          data-testid="play"
        >
          {isPlaying ? <IconPlayerPauseFilled size={20} /> : <IconPlayerPlayFilled size={20} />}
        </ActionIcon>
        <StepButton by={1} label={words.playback.nextHint} icon={<IconPlayerSkipForwardFilled size={16} />} />
      </div>
      <PlayedTime />
      <Speeds />
      <span className="spring" />
      <SkipToggle />
      <FollowToggle />
    </div>
  );
}

function StepButton({ by, label, icon }: { by: 1 | -1; label: string; icon: ReactNode }) {
  const player = usePlayer();
  return (
    <ActionIcon
      title={label}
      variant="subtle"
      color="gray"
      size={34}
      aria-label={label}
      onClick={() => player.step(by)}
    >
      {icon}
    </ActionIcon>
  );
}

function PlayedTime() {
  const zone = useZone();
  const second = usePlayed(({ time }) => Math.floor(time / 1000) * 1000);
  const kind = usePlayed((state) => onlyPlace(state)?.state);
  const text = usePlayed((state) => {
    const place = onlyPlace(state);
    return place && stateText(place);
  });
  return (
    <div className="played-time">
      <time dateTime={new Date(second).toISOString()}>{clockTimeExact(second, zone)}</time>
      <span>
        {dateOf(second, zone)}
        {text !== undefined && (
          <>
            {' · '}
            <b data-state={kind}>{text}</b>
          </>
        )}
      </span>
    </div>
  );
}

function Speeds() {
  const player = usePlayer();
  const speed = usePlayed((state) => state.speed);
  return (
    <fieldset className="speeds" aria-label={words.playback.speed}>
      {playbackSpeeds.map((each) => (
        <button
          key={each}
          type="button"
          aria-pressed={each === speed}
          onClick={() => player.store.setState({ speed: each })}
        >
          {words.playback.times(each)}
        </button>
      ))}
    </fieldset>
  );
}

function SkipToggle() {
  const player = usePlayer();
  const skips = usePlayed((state) => state.skipsStops);
  return (
    <Button
      title={words.playback.skipHint}
      size="xs"
      color="blue.8"
      variant={skips ? 'filled' : 'default'}
      aria-pressed={skips}
      leftSection={<IconPlayerTrackNextFilled size={14} />}
      onClick={() => player.store.setState({ skipsStops: !skips })}
    >
      {words.playback.skipShort}
    </Button>
  );
}

function FollowToggle() {
  const player = usePlayer();
  const follows = usePlayed((state) => state.follows);
  const lead = usePlayed((state) => state.lead);
  const nameOf = useVanNames();
  return (
    <Button
      title={words.playback.followHint(lead === undefined ? '' : nameOf(lead))}
      size="xs"
      color="blue.8"
      variant={follows ? 'filled' : 'default'}
      aria-pressed={follows}
      disabled={lead === undefined}
      leftSection={<IconFocus2 size={15} />}
      onClick={() => player.store.setState({ follows: !follows })}
    >
      {words.playback.followShort}
    </Button>
  );
}

/** Of one van alone it is said beside the time; of several beside their strips. */
function onlyPlace({ vans, vanIds, time }: PlayerState): PlayedPlace | undefined {
  const [only] = vans;
  return only === undefined || vanIds.length > 1 ? undefined : placeAt(only.trail, time);
}
