import { Button } from '@mantine/core';
import { useState } from 'react';
import { useParts } from '../../console-context.ts';
import { Refused } from '../../session.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { FileDrop } from '../parts/FileDrop.tsx';
import { troubleOf } from '../parts/problem.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { zonesWords } from '../words/zones.ts';
import { type Feature, featuresIn, nameOf } from './zone-file.ts';

interface Line {
  name: string;
  /** what is wrong; absent: it is there now */
  problem?: string;
}

/** Zones from a GeoJSON file; one whose id is there already is said anew. */
export function ZoneImport({ close }: { close: () => void }) {
  const { session } = useParts().console;
  const say = spoken(zonesWords).import;
  const [lines, setLines] = useState<Line[]>();
  const [isOver, setIsOver] = useState(false);

  const put = async (feature: Feature): Promise<void> => {
    try {
      await session.write({ method: 'POST', path: '/api/zones', body: feature });
    } catch (error) {
      const id = feature.properties?.id ?? feature.id;
      if (!(error instanceof Refused) || error.status !== 409 || id === undefined) throw error;
      await session.write({ method: 'PUT', path: `/api/zones/${encodeURIComponent(String(id))}`, body: feature });
    }
  };
  const begin = async (file: File) => {
    const done: Line[] = [];
    setLines(done);
    const features = featuresIn(await file.text());
    if (features === undefined) done.push({ name: file.name, problem: say.notGeoJson });
    for (const [index, feature] of (features ?? []).entries()) {
      const name = nameOf(feature) ?? `${index + 1}`;
      const problem = await put(feature).then(
        () => undefined,
        (error) => troubleOf(error).text,
      );
      done.push(problem === undefined ? { name } : { name, problem });
      setLines([...done]);
    }
    setLines([...done]);
    setIsOver(true);
  };
  const bad = (lines ?? []).filter(({ problem }) => problem !== undefined);
  return (
    <Dialog title={say.title} close={close} size="lg">
      {lines === undefined ? (
        <FileDrop accept=".geojson,.json,application/geo+json" text={say.drop} choose={(file) => void begin(file)} />
      ) : (
        <section aria-live="polite">
          <p className="empty-title">{isOver ? say.done : say.running}</p>
          <p>{say.counts(lines.length - bad.length, bad.length)}</p>
          <ul className="bad-list">
            {bad.map(({ name, problem }) => (
              <li key={name}>
                {name}: {problem}
              </li>
            ))}
          </ul>
        </section>
      )}
      <div className="form-buttons">
        <Button variant="default" onClick={close}>
          {spoken(sharedWords).close}
        </Button>
      </div>
    </Dialog>
  );
}
