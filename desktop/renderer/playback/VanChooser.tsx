import { Button, TextInput } from '@mantine/core';
import { IconTruck } from '@tabler/icons-react';
import { useState } from 'react';
import { useConsole, useParts } from '../console-context.ts';
import { words } from '../words.ts';
import { searchable } from '../world/entries.ts';
import { BarPopover } from './BarPopover.tsx';
import { mostPlayed } from './player.ts';
import { usePlayed, usePlayer, useVanNames } from './player-context.ts';

/** The vans that are played, and how to choose others. */
export function VanChooser() {
  const vanIds = usePlayed((state) => state.vanIds);
  const nameOf = useVanNames();
  const [isOpen, setOpen] = useState(vanIds.length === 0);
  const [only] = vanIds;
  const shown = vanIds.length === 0 ? words.playback.chooseVans : words.playback.vansCount(vanIds.length);
  return (
    <BarPopover
      isOpen={isOpen}
      setOpen={setOpen}
      at="start"
      button={
        <Button
          size="xs"
          color="blue.8"
          variant={vanIds.length === 0 ? 'filled' : 'default'}
          leftSection={<IconTruck size={16} />}
          aria-label={`${words.playback.chooseVans}: ${shown}`}
          onClick={() => setOpen(!isOpen)}
        >
          {vanIds.length === 1 && only !== undefined ? nameOf(only) : shown}
        </Button>
      }
    >
      <VanList />
    </BarPopover>
  );
}

function VanList() {
  const player = usePlayer();
  const vanIds = usePlayed((state) => state.vanIds);
  const { vans } = useParts().console.world;
  useConsole((state) => state.vansRevision);
  const [text, setText] = useState('');
  const wanted = searchable(text);
  const found = [...vans.values()]
    .filter((entry) => entry.text.includes(wanted))
    .sort((a, b) => a.van.name.localeCompare(b.van.name, undefined, { numeric: true }));
  const isFull = vanIds.length >= mostPlayed;
  return (
    <div className="van-chooser">
      <TextInput
        size="xs"
        data-autofocus
        aria-label={words.playback.findVan}
        placeholder={words.playback.findVan}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <fieldset aria-label={words.playback.vans}>
        {found.slice(0, 300).map(({ van: { id, name } }) => {
          const isChosen = vanIds.includes(id);
          return (
            <label key={id}>
              <input
                type="checkbox"
                checked={isChosen}
                disabled={isFull && !isChosen}
                onChange={() =>
                  player.choose({ vanIds: isChosen ? vanIds.filter((each) => each !== id) : [...vanIds, id] })
                }
              />
              {name}
            </label>
          );
        })}
      </fieldset>
      {isFull && <p className="quiet">{words.playback.most(mostPlayed)}</p>}
    </div>
  );
}
