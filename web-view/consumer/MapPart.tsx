/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import { type ConsumerWords, consumerWords, type Language } from '../../protocol/consumer-words.ts';
import { distance } from '../../protocol/geo.ts';
import { distanceIn } from '../../protocol/tracking.ts';
import type { PhoneMap } from '../map/map.ts';
import type { Session } from '../shared/session.ts';
import type { Followed } from './follow.ts';
import { useOwnPath } from './own-path.ts';

/** Whoever saves data is asked before a map is loaded. */
const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

/** The map, once it has come, and the same in words, always. */
export function MapPart({ followed, language, session }: { followed: Followed; language: Language; session: Session }) {
  const words = consumerWords[language];
  const element = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<PhoneMap>();
  const [state, setState] = useState<'asked' | 'loading' | 'open' | 'blocked'>(saving ? 'asked' : 'loading');
  const own = useOwnPath(followed, session);

  useEffect(() => {
    if (state !== 'loading') return;
    let opened: PhoneMap | undefined;
    let over = false;
    openMap(element.current, words)
      .then((made) => {
        opened = made;
        if (over) return made.close();
        setMap(made);
        setState('open');
      })
      .catch(() => setState('blocked'));
    return () => {
      over = true;
      // Only when the page goes on without a map: the change to `open` comes through here too.
      if (element.current === null) opened?.close();
    };
  }, [state, words]);
  useEffect(() => () => map?.close(), [map]);
  useEffect(() => map?.home(followed.home), [map, followed.home]);
  useEffect(() => map?.van(followed.van?.fix), [map, followed.van?.fix]);
  useEffect(() => map?.line('road', followed.road), [map, followed.road]);
  useEffect(() => map?.line('own', own), [map, own]);

  return (
    <section aria-label={words.map.title}>
      {state === 'asked' && (
        <button type="button" onClick={() => setState('loading')}>
          {words.map.show}
        </button>
      )}
      <div class="map-frame" hidden={state === 'asked' || state === 'blocked'}>
        {/* Leaflet gives it classes of its own: what is said of it here must never change. */}
        <div class="map" ref={element} />
      </div>
      {state === 'blocked' && <p class="note">{words.map.blocked}</p>}
      <h2 class={state === 'open' ? 'unseen' : ''}>{words.map.asList}</h2>
      <ul class={state === 'open' ? 'unseen' : 'list'}>
        {reading(followed, own.length > 0, session.now(), language, words).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

async function openMap(element: HTMLDivElement | null, words: ConsumerWords): Promise<PhoneMap> {
  if (element === null) throw new Error('the page is gone');
  const { PhoneMap: Made } = await import('../map/map.ts');
  const made = new Made(element, { map: words.map.title, home: words.map.home, van: words.out });
  await made.open();
  return made;
}

/** The map in words, for who does not see it. */
function reading(
  { van, home }: Followed,
  own: boolean,
  now: number,
  language: Language,
  words: ConsumerWords,
): string[] {
  const lines: string[] = [];
  if (van?.fix !== undefined && home !== undefined) {
    const old = Math.floor((now - van.fix.fixTime) / 60_000);
    lines.push(words.map.van(distanceIn(language, distance(van.fix, home)), Math.max(0, old)));
  } else lines.push(words.map.vanUnknown);
  lines.push(home === undefined ? words.map.homeUnknown : words.map.home);
  if (own) lines.push(words.map.own);
  return lines;
}
