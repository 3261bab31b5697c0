import { useEffect, useState } from 'react';
import { createPortal, flushSync } from 'react-dom';
import { useConsole, useParts, useZone } from '../console-context.ts';
import { clockTime, coordinates, count, dateOf, fullTime, kilometres } from '../format.ts';
import { words } from '../words.ts';
import type { PlayedVan } from './load-van.ts';
import type { PlayedFact } from './motion-facts.ts';
import { hoursText, periodText } from './play-words.ts';
import { usePlayed, useVanNames } from './player-context.ts';
import { dayAt } from './zone-time.ts';

/** The sheet of trips and stops. It is made when somebody prints, by the button or by the browser's own way. */
export function Sheet() {
  const [isPrinting, setPrinting] = useState(false);
  useEffect(() => {
    // It has to be there before the browser looks at the page.
    const begin = () => flushSync(() => setPrinting(true));
    const end = () => setPrinting(false);
    window.addEventListener('beforeprint', begin);
    window.addEventListener('afterprint', end);
    return () => {
      window.removeEventListener('beforeprint', begin);
      window.removeEventListener('afterprint', end);
    };
  }, []);
  return isPrinting ? createPortal(<Paper />, document.body) : null;
}

function Paper() {
  const { console } = useParts();
  const zone = useZone();
  const agency = useConsole((state) => state.agency);
  const vans = usePlayed((state) => state.vans);
  const period = usePlayed((state) => state.period);
  const nameOf = useVanNames();
  const now = console.now();
  return (
    <article className="playback-sheet">
      <header>
        <h1>
          {agency?.name} · {words.playback.sheet.title}
        </h1>
        <p>
          {words.playback.sheet.period}: <strong>{periodText(period, zone, now)}</strong> ({zone}) ·{' '}
          {words.playback.sheet.printed(fullTime(now, zone))}
        </p>
      </header>
      {vans.length > 1 && <Overview vans={vans} nameOf={nameOf} />}
      {vans.map((van) => (
        <VanSheet key={van.id} van={van} name={nameOf(van.id)} />
      ))}
    </article>
  );
}

function Overview({ vans, nameOf }: { vans: readonly PlayedVan[]; nameOf: (id: string) => string }) {
  const { sheet } = words.playback;
  return (
    <section>
      <h2>{sheet.sum}</h2>
      <table>
        <thead>
          <tr>
            <th>{sheet.van}</th>
            <th className="number">{sheet.distance}</th>
            <th className="number">{sheet.driving}</th>
            <th className="number">{sheet.trips}</th>
            <th className="number">{sheet.stops}</th>
            <th className="number">{sheet.topSpeed}</th>
            <th className="number">{sheet.silence}</th>
          </tr>
        </thead>
        <tbody>
          {vans.map(({ id, totals }) => (
            <tr key={id}>
              <td>{nameOf(id)}</td>
              <td className="number">{kilometres(totals.distance)} km</td>
              <td className="number">{hoursText(totals.driving)}</td>
              <td className="number">{count(totals.trips)}</td>
              <td className="number">{count(totals.stops)}</td>
              <td className="number">{speedText(totals.topSpeed)}</td>
              <td className="number">{hoursText(totals.silence)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function VanSheet({ van, name }: { van: PlayedVan; name: string }) {
  const { sheet } = words.playback;
  const { totals, facts } = van;
  const figures = [
    [sheet.distance, `${kilometres(totals.distance)} km`],
    [sheet.driving, hoursText(totals.driving)],
    [sheet.trips, count(totals.trips)],
    [sheet.stops, count(totals.stops)],
    [sheet.topSpeed, speedText(totals.topSpeed)],
  ];
  const notes = [
    totals.gapDistance > 0 ? sheet.gapDistance(kilometres(totals.gapDistance)) : '',
    van.isOwnReckoning ? sheet.ownReckoning : '',
    van.partial === undefined ? '' : words.playback.partial,
  ].filter(Boolean);
  return (
    <section className="sheet-van">
      <h2>{name}</h2>
      <dl>
        {figures.map(([title, figure]) => (
          <div key={title}>
            <dt>{title}</dt>
            <dd>{figure}</dd>
          </div>
        ))}
      </dl>
      {notes.length > 0 && <p>{notes.join(' · ')}</p>}
      {facts.length === 0 ? (
        <p>{sheet.none}</p>
      ) : (
        <table>
          <thead>
            <tr>
              <th>{sheet.what}</th>
              <th>{sheet.from}</th>
              <th>{sheet.until}</th>
              <th className="number">{sheet.lasted}</th>
              <th className="number">{sheet.distance}</th>
              <th className="number">{sheet.topSpeed}</th>
              <th>{sheet.where}</th>
            </tr>
          </thead>
          <tbody>
            {facts.map((fact) => (
              <FactRow key={`${fact.kind}${fact.from}`} fact={fact} />
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}

function FactRow({ fact }: { fact: PlayedFact }) {
  const zone = useZone();
  const { from, to } = usePlayed((state) => state.period);
  const isOneDay = dayAt(from, zone) === dayAt(to - 1, zone);
  const shown = (time: number) => (isOneDay ? '' : `${dateOf(time, zone)} `) + clockTime(time, zone);
  return (
    <tr data-kind={fact.kind}>
      <td>{words.playback.sheet[fact.kind]}</td>
      <td>{shown(fact.from)}</td>
      <td>{shown(fact.to)}</td>
      <td className="number">{hoursText(fact.to - fact.from)}</td>
      <td className="number">{fact.kind === 'stop' ? '' : `${kilometres(fact.distance)} km`}</td>
      <td className="number">{fact.kind === 'trip' ? speedText(fact.topSpeed) : ''}</td>
      <td>{fact.kind === 'stop' ? coordinates(fact) : ''}</td>
    </tr>
  );
}

const speedText = (speed: number) => `${Math.round(speed)} ${words.kmh}`;
