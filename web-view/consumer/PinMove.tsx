/** @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConsumerWords } from '../../protocol/consumer-words.ts';
import type { PhoneMap } from '../map/map.ts';
import type { Session } from '../shared/session.ts';

/** Says where the door is: the map is moved under a cross. A dispatcher looks at it before anything changes. */
export function PinMove({
  session,
  words,
  home,
}: {
  session: Session;
  words: ConsumerWords;
  home: { latitude: number; longitude: number } | undefined;
}) {
  const [state, setState] = useState<'offered' | 'moving' | 'sent' | 'failed'>('offered');
  const element = useRef<HTMLDivElement>(null);
  const map = useRef<PhoneMap | undefined>(undefined);
  const first = useRef(home);
  first.current ??= home;
  const moving = state === 'moving' || state === 'failed';
  useEffect(() => {
    if (!moving) return;
    let over = false;
    void import('../map/map.ts').then(async ({ PhoneMap: Made }) => {
      if (over || element.current === null) return;
      const made = new Made(element.current, { map: words.pin.move, home: words.map.home, van: words.out });
      map.current = made;
      if (first.current !== undefined) {
        made.home(first.current);
        made.look(first.current);
      }
      await made.open();
    });
    return () => {
      over = true;
      map.current?.close();
      map.current = undefined;
    };
  }, [moving, words]);

  if (state === 'sent') return <p role="status">{words.pin.sent}</p>;
  if (!moving) {
    return (
      <button type="button" onClick={() => setState('moving')}>
        {words.pin.start}
      </button>
    );
  }
  const send = () => {
    const middle = map.current?.middle();
    if (middle === undefined) return;
    session.ask('POST', '/api/me/pin', middle).then(
      () => setState('sent'),
      () => setState('failed'),
    );
  };
  return (
    <div class="asking">
      <p>{words.pin.move}</p>
      <div class="crossed">
        <div class="map" ref={element} />
        <span class="cross" aria-hidden="true" />
      </div>
      {state === 'failed' && <p role="alert">{words.failedToSend}</p>}
      <button type="button" class="primary" onClick={send}>
        {words.pin.send}
      </button>
      <button type="button" onClick={() => setState('offered')}>
        {words.pin.cancel}
      </button>
    </div>
  );
}
