/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { PhoneMap } from '../map/map.ts';
import type { ShownStop } from './run.ts';
import type { Shared } from './use-run-feed.ts';
import type { DriveWords } from './words.ts';

/** All consumers of the run and the driver himself. */
export function RunMap({
  stops,
  next,
  fix,
  shared,
  words,
  onChoose,
}: {
  stops: readonly ShownStop[];
  next: ShownStop | undefined;
  fix: { latitude: number; longitude: number } | undefined;
  shared: Shared;
  words: DriveWords;
  onChoose: (orderId: string) => void;
}) {
  const element = useRef<HTMLDivElement>(null);
  const [map, setMap] = useState<PhoneMap>();
  useEffect(() => {
    let made: PhoneMap | undefined;
    let over = false;
    // Without it there is the list, which has everything.
    void import('../map/map.ts')
      .then(async ({ PhoneMap: Made }) => {
        if (over || element.current === null) return;
        made = new Made(element.current, { map: words.map, home: words.next, van: words.title });
        setMap(made);
        await made.open();
      })
      .catch(() => {});
    return () => {
      over = true;
      made?.close();
      setMap(undefined);
    };
  }, [words]);
  // Lists are made anew with every change; what is drawn is compared by what it says.
  const places = stops.flatMap(({ order, consumer, number }) =>
    consumer?.latitude === undefined || consumer.longitude === undefined
      ? []
      : [
          {
            id: order.id,
            number,
            latitude: consumer.latitude,
            longitude: consumer.longitude,
            done: order.state === 'delivered' || order.state === 'failed' || order.state === 'cancelled',
            next: order.id === next?.order.id,
          },
        ],
  );
  const drawn = JSON.stringify(places);
  useEffect(() => map?.stops(JSON.parse(drawn) as typeof places, onChoose), [map, drawn, onChoose]);
  useEffect(() => map?.people([...shared.values()]), [map, shared]);
  const { latitude, longitude } = fix ?? {};
  useEffect(() => {
    if (latitude !== undefined && longitude !== undefined) map?.van({ latitude, longitude, fixTime: Date.now() });
  }, [map, latitude, longitude]);
  return (
    <section aria-label={words.map}>
      <div class="map-frame">
        <div class="map" ref={element} />
      </div>
    </section>
  );
}
