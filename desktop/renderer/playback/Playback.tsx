import '../styles/playback.css';
import { Button, Kbd, Loader } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useParts, useZone } from '../console-context.ts';
import { DrawnPlayback } from '../map/drawn-playback.ts';
import { words } from '../words.ts';
import { ExportMenu } from './ExportMenu.tsx';
import { PeriodChooser } from './PeriodChooser.tsx';
import { PlayBar } from './PlayBar.tsx';
import { periodText } from './play-words.ts';
import { createPlayer, type Player } from './player.ts';
import { PlayerContext, usePlayed, usePlayer, useVanNames } from './player-context.ts';
import { Sheet } from './Sheet.tsx';
import { Strips } from './Strips.tsx';
import { VanChooser } from './VanChooser.tsx';
import { dayAt, dayPeriod } from './zone-time.ts';

/** The past instead of the present: banner, player, strips. Loaded when somebody first asks for it. */
export default function Playback() {
  const player = usePlayback();
  if (player === undefined) return null;
  return (
    <PlayerContext value={player}>
      <Banner />
      <section className="playback-dock" aria-label={words.playback.label}>
        <div className="playback-head">
          <VanChooser />
          <PeriodChooser />
          <Progress />
          <span className="spring" />
          <ExportMenu />
        </div>
        <PlayBar />
        <Strips />
      </section>
      <Sheet />
    </PlayerContext>
  );
}

/** A player for as long as this is on the screen, tied to the map and to the keys. */
function usePlayback(): Player | undefined {
  const { console, scene, desk } = useParts();
  const zone = useZone();
  const [player, setPlayer] = useState<Player>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another zone while it plays is no reason to begin again
  useEffect(() => {
    const { store, world } = console;
    const vanIds = store.getState().playback?.vanIds ?? [];
    const made = createPlayer({
      ...{ session: console.session, desk, vanIds },
      period: firstPeriod(
        vanIds.flatMap((id) => world.vans.get(id)?.position?.fixTime ?? []),
        console.now(),
        zone,
      ),
      frames: { request: requestAnimationFrame.bind(window), cancel: cancelAnimationFrame.bind(window) },
    });
    setPlayer(made);
    const drawn = new DrawnPlayback(made, world);
    scene.play(drawn);
    const toggle = (name: 'skipsStops' | 'follows') => () =>
      made.store.setState({ [name]: !made.store.getState()[name] });
    const keys = {
      ...{ toggle: made.toggle, step: made.step },
      ...{ toggleSkip: toggle('skipsStops'), toggleFollow: toggle('follows') },
    };
    store.setState({ playback: { vanIds: made.store.getState().vanIds, keys } });
    const ends = [
      made.store.subscribe((state, before) => {
        scene.redraw();
        const { playback } = store.getState();
        if (state.vanIds !== before.vanIds && playback !== undefined) {
          store.setState({ playback: { ...playback, vanIds: state.vanIds } });
        }
        // What has come is shown, once the page has made room for it; while one follows a van, the map stays with it.
        if (state.vans === before.vans || state.vans.length <= before.vans.length || state.follows) return;
        requestAnimationFrame(() => scene.showAll());
      }),
      // A van that is opened while another one is played comes to it.
      store.subscribe(({ playback }) => {
        if (playback === undefined || playback.vanIds === made.store.getState().vanIds) return;
        made.choose({ vanIds: playback.vanIds });
      }),
    ];
    return () => {
      for (const end of ends) end();
      made.stop();
      scene.play(undefined);
    };
  }, [console, scene, desk]);
  return player;
}

/** The day of the newest fix: of a van that is away since yesterday, yesterday. Never beyond now. */
function firstPeriod(fixTimes: readonly number[], now: number, zone: string): { from: number; to: number } {
  const newest = Math.min(now, fixTimes.length === 0 ? now : Math.max(...fixTimes));
  const day = dayPeriod(dayAt(newest, zone), zone) ?? { from: newest - 86_400_000, to: newest };
  return { from: day.from, to: Math.min(day.to, Math.max(now, day.from + 60_000)) };
}

function Banner() {
  const { console } = useParts();
  const zone = useZone();
  const vanIds = usePlayed((state) => state.vanIds);
  const period = usePlayed((state) => state.period);
  const nameOf = useVanNames();
  const [only] = vanIds;
  const vans = vanIds.length === 1 && only !== undefined ? nameOf(only) : words.playback.vansCount(vanIds.length);
  const what = [...(vanIds.length === 0 ? [] : [vans]), periodText(period, zone, console.now())].join(' · ');
  return (
    <div className="playback-banner" role="status">
      <span>
        <strong>{words.playback.banner(what)}</strong>
        {' — '}
        {words.playback.bannerNote}
      </span>
      <Button
        size="compact-sm"
        variant="white"
        aria-keyshortcuts="Escape"
        rightSection={<Kbd size="xs">Esc</Kbd>}
        onClick={() => console.store.setState({ playback: undefined })}
      >
        {words.playback.toLive}
      </Button>
    </div>
  );
}

/** What is on its way, and what did not come. */
function Progress() {
  const player = usePlayer();
  const percent = usePlayed(({ progress }) => (progress === undefined ? undefined : Math.floor(progress * 100)));
  const failed = usePlayed((state) => state.failed);
  const isPartial = usePlayed((state) => state.vans.some(({ partial }) => partial !== undefined));
  const nameOf = useVanNames();
  const [first] = failed;
  return (
    <div className="playback-progress" role="status">
      {percent !== undefined && (
        <>
          <Loader size={13} aria-hidden="true" />
          {words.playback.loading(percent)}
        </>
      )}
      {percent === undefined && first !== undefined && (
        <>
          <span className="bad" title={first.detail}>
            {words.playback.failed(failed.map(({ vanId }) => nameOf(vanId)).join(', '))}
          </span>
          <Button size="compact-xs" variant="subtle" onClick={player.retry}>
            {words.playback.retry}
          </Button>
        </>
      )}
      {percent === undefined && isPartial && <span>{words.playback.partial}</span>}
    </div>
  );
}
