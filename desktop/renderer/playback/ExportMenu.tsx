import { Button } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useState } from 'react';
import { useParts } from '../console-context.ts';
import { words } from '../words.ts';
import { BarPopover } from './BarPopover.tsx';
import { type ExportFormat, exportFormats, exportTrail, saveFile } from './export-trail.ts';
import { usePlayed, usePlayer, useVanNames } from './player-context.ts';

const names: Record<ExportFormat, string> = { gpx: 'GPX', csv: 'CSV', geojson: 'GeoJSON' };
const everyVan = '';

/** Saves trails as files, and prints the sheet. */
export function ExportMenu() {
  const isEmpty = usePlayed((state) => state.vans.length === 0);
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <BarPopover
        isOpen={isOpen}
        setOpen={setOpen}
        at="end"
        button={
          <Button
            size="xs"
            variant="default"
            disabled={isEmpty}
            leftSection={<IconDownload size={15} />}
            onClick={() => setOpen(!isOpen)}
          >
            {words.playback.export}
          </Button>
        }
      >
        <ExportForm />
      </BarPopover>
      <Button
        size="xs"
        variant="default"
        disabled={isEmpty}
        leftSection={<IconPrinter size={15} />}
        onClick={() => window.print()}
      >
        {words.playback.print}
      </Button>
    </>
  );
}

function ExportForm() {
  const player = usePlayer();
  const { console, desk } = useParts();
  const vanIds = usePlayed((state) => state.vanIds);
  const lead = usePlayed((state) => state.lead);
  const nameOf = useVanNames();
  const [vanId, setVanId] = useState(lead ?? everyVan);
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState<ExportFormat>();
  const save = async (format: ExportFormat) => {
    setBusy(format);
    try {
      for (const id of vanId === everyVan ? vanIds : [vanId]) {
        const { period } = player.store.getState();
        const file = await exportTrail({ session: console.session, desk }, id, period, format);
        saveFile(file);
        setSaid(file.isFromHere ? words.playback.exportedHere(file.name) : words.playback.exported(file.name));
      }
    } catch (error) {
      setSaid(words.playback.exportFailed((error as Error).message));
    } finally {
      setBusy(undefined);
    }
  };
  return (
    <div className="export-form">
      <p>{words.playback.exportLabel}</p>
      {vanIds.length > 1 && (
        <select
          aria-label={words.playback.exportVan}
          value={vanId}
          onChange={(event) => setVanId(event.currentTarget.value)}
        >
          <option value={everyVan}>{words.playback.exportAll(vanIds.length)}</option>
          {vanIds.map((id) => (
            <option key={id} value={id}>
              {nameOf(id)}
            </option>
          ))}
        </select>
      )}
      <div className="export-formats">
        {exportFormats.map((format) => (
          <Button
            key={format}
            size="xs"
            variant="light"
            loading={busy === format}
            disabled={busy !== undefined}
            onClick={() => void save(format)}
          >
            {names[format]}
          </Button>
        ))}
      </div>
      <p className="quiet" role="status">
        {said}
      </p>
    </div>
  );
}
