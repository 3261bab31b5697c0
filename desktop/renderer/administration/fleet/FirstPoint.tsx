import { Loader } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useConsole, useNow, useParts } from '../../console-context.ts';
import { ago, coordinates } from '../../format.ts';
import { lettersWords } from '../words/letters.ts';
import { spoken } from '../words/spoken.ts';
import { trackerSettingsWords } from '../words/tracker-settings.ts';
import type { DeviceView } from './fleet-things.ts';
import { type Heard, heardOf } from './heard.ts';

/** So often the daemon is asked about a device that may be on no van, of which the feed says nothing, ms. */
const askEvery = 2000;

/** Whether the device has been heard: live, so that one can stand at the van and see it. */
export function FirstPoint({ id, isNew }: { id: string; isNew: boolean }) {
  const { console } = useParts();
  const say = spoken(trackerSettingsWords).first;
  const vanName = useConsole((state) => state.vansRevision) >= 0 ? console.world.vans : undefined;
  const now = useNow();
  const [heard, setHeard] = useState<Heard>({ is: 'waiting' });
  useEffect(() => {
    let isOver = false;
    let before: DeviceView['health'] | undefined = isNew ? null : undefined;
    const ask = async () => {
      const path = `/api/devices/${encodeURIComponent(id)}`;
      const device = (await console.session.read(path).catch(() => undefined)) as DeviceView | undefined;
      if (device === undefined || isOver) return;
      before = before === undefined ? device.health : before;
      const next = heardOf(before, device);
      if (next.is === 'refused') {
        const letters = (await console.session
          .read(`/api/dead-letters?device=${encodeURIComponent(id)}&limit=1`)
          .catch(() => undefined)) as { items: { reason: string; detail: string }[] } | undefined;
        const [letter] = letters?.items ?? [];
        if (!isOver) setHeard({ ...next, ...(letter === undefined ? {} : { letter }) });
      } else setHeard(next);
      if (next.is === 'received') clearInterval(timer);
    };
    const timer = setInterval(() => void ask(), askEvery);
    void ask();
    // What the feed brings is here before the next question.
    const end = console.listen({
      moved: (vans) => void (vans.length < 50 && ask()),
      vansChanged() {},
      consumersChanged() {},
    });
    return () => {
      isOver = true;
      clearInterval(timer);
      end();
    };
  }, [console, id, isNew]);

  return (
    <div className="first-point" data-heard={heard.is} role="status" aria-live="polite">
      {heard.is === 'waiting' && (
        <>
          <Loader size="xs" aria-hidden="true" />
          <span>{isNew ? say.waiting : say.waitingAgain}</span>
        </>
      )}
      {heard.is === 'refused' && (
        <>
          <IconAlertTriangle size={20} aria-hidden="true" />
          <span>
            <strong>{say.refused}</strong>{' '}
            {heard.letter !== undefined &&
              `${spoken(lettersWords).reasons[heard.letter.reason] ?? heard.letter.reason}: ${heard.letter.detail}`}
          </span>
        </>
      )}
      {heard.is === 'received' && (
        <>
          <IconCircleCheck size={20} aria-hidden="true" />
          <span>
            <strong>{say.received}</strong>{' '}
            {heard.position !== null && `${coordinates(heard.position)}, ${ago(heard.position.fixTime, now)}. `}
            {heard.vanId === null
              ? say.onNoVan
              : heard.vanId !== undefined && say.onVan(vanName?.get(heard.vanId)?.van.name ?? heard.vanId)}
          </span>
        </>
      )}
    </div>
  );
}
