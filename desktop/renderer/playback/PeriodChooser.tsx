import { Button, TextInput } from '@mantine/core';
import { IconCalendar } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import type { Stretch } from '../../shared/bridge.ts';
import { useParts, useZone } from '../console-context.ts';
import { words } from '../words.ts';
import { BarPopover } from './BarPopover.tsx';
import { periodText } from './play-words.ts';
import { longestPeriod } from './player.ts';
import { usePlayed, usePlayer } from './player-context.ts';
import { dayAt, dayPeriod, timeOfWall, wallTime } from './zone-time.ts';

/** The period that is played, and how to choose another one. */
export function PeriodChooser() {
  const player = usePlayer();
  const { console } = useParts();
  const zone = useZone();
  const period = usePlayed((state) => state.period);
  const [isOpen, setOpen] = useState(false);
  const choose = (chosen: Stretch) => {
    // What has not happened yet has left no fixes.
    player.choose({ period: { from: chosen.from, to: Math.min(chosen.to, console.now()) } });
    setOpen(false);
  };
  return (
    <BarPopover
      isOpen={isOpen}
      setOpen={setOpen}
      at="start"
      button={
        <Button
          size="xs"
          variant="default"
          leftSection={<IconCalendar size={15} />}
          aria-label={`${words.playback.period}: ${periodText(period, zone, console.now())}`}
          onClick={() => setOpen(!isOpen)}
        >
          {periodText(period, zone, console.now())}
        </Button>
      }
    >
      <PeriodForm period={period} choose={choose} />
    </BarPopover>
  );
}

function PeriodForm({ period, choose }: { period: Stretch; choose: (period: Stretch) => void }) {
  const { console } = useParts();
  const zone = useZone();
  const now = console.now();
  const [from, setFrom] = useState(() => wallTime(period.from, zone));
  const [to, setTo] = useState(() => wallTime(period.to, zone));
  const [mistake, setMistake] = useState<string>();
  const chooseDay = (text: string) => {
    const chosen = dayPeriod(text, zone);
    if (chosen === undefined) setMistake(words.playback.noTime);
    else if (chosen.from > now) setMistake(words.playback.future);
    else choose(chosen);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const chosen = { from: timeOfWall(from, zone), to: timeOfWall(to, zone) };
    const wrong = mistakeIn(chosen, now);
    setMistake(wrong);
    if (wrong === undefined) choose(chosen as Stretch);
  };
  const today = dayAt(now, zone);
  return (
    <form className="period-form" onSubmit={submit}>
      <div className="period-days">
        <Button size="xs" variant="light" onClick={() => chooseDay(today)}>
          {words.playback.today}
        </Button>
        <Button
          size="xs"
          variant="light"
          onClick={() => chooseDay(dayAt((dayPeriod(today, zone)?.from ?? now) - 1, zone))}
        >
          {words.playback.yesterday}
        </Button>
        <TextInput
          type="date"
          size="xs"
          aria-label={words.playback.day}
          max={today}
          defaultValue={dayAt(period.from, zone)}
          onChange={(event) => event.currentTarget.value !== '' && chooseDay(event.currentTarget.value)}
        />
      </div>
      <TextInput
        type="datetime-local"
        size="xs"
        label={words.playback.from}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        type="datetime-local"
        size="xs"
        label={words.playback.to}
        value={to}
        onChange={(event) => setTo(event.currentTarget.value)}
        error={mistake}
      />
      <div className="period-end">
        <span className="quiet">{words.playback.zone(zone)}</span>
        <Button size="xs" color="blue.8" type="submit">
          {words.playback.show}
        </Button>
      </div>
    </form>
  );
}

/** What is wrong with a period, in words. */
function mistakeIn(
  { from, to }: { from: number | undefined; to: number | undefined },
  now: number,
): string | undefined {
  if (from === undefined || to === undefined) return words.playback.noTime;
  if (to <= from) return words.playback.wrongOrder;
  if (from > now) return words.playback.future;
  return to - from > longestPeriod ? words.playback.tooLong : undefined;
}
