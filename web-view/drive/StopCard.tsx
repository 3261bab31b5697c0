/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import type { NewAct } from './acts.ts';
import { HandOver } from './HandOver.tsx';
import type { ShownStop } from './run.ts';
import type { DriveWords } from './words.ts';

/** One stop: who lives there, the way, and what can be done. */
export function StopCard({
  stop,
  isNext,
  words,
  refusal,
  onAct,
}: {
  stop: ShownStop;
  isNext: boolean;
  words: DriveWords;
  /** why the daemon did not take the code, said while the driver still stands there */
  refusal: string | undefined;
  onAct: (act: NewAct) => void;
}) {
  const [step, setStep] = useState<'look' | 'hand-over' | 'fail'>('look');
  const { order, consumer, number } = stop;
  const out = order.state === 'out-for-delivery';
  const orderId = order.id;
  const asked = refusal === undefined ? step : 'hand-over';
  return (
    <section class="stop-card" aria-label={words.stop(number)}>
      <p class="small">
        {isNext ? words.next : words.stop(number)} · {words.cylinders(order.cylinders)} · {words.states[order.state]}
      </p>
      <h1>{consumer?.name ?? words.unknownConsumer}</h1>
      {consumer?.address !== undefined && <p class="detail">{consumer.address}</p>}
      {consumer?.notes !== undefined && <p class="note">{consumer.notes}</p>}
      {order.awayOn !== undefined && order.awayOn === order.day && <p class="note warn">{words.away}</p>}
      {asked === 'look' && (
        <>
          <div class="pair">
            {consumer?.latitude !== undefined && consumer.longitude !== undefined && (
              <a class="call" href={wayTo(consumer.latitude, consumer.longitude)}>
                {words.navigate}
              </a>
            )}
            {consumer?.phone !== undefined && (
              <a class="call" href={`tel:${consumer.phone.replace(/[^+0-9]/g, '')}`}>
                {words.call}
              </a>
            )}
          </div>
          {order.state === 'assigned' && (
            <button type="button" class="primary big" onClick={() => onAct({ kind: 'start', orderId })}>
              {words.start}
            </button>
          )}
          {out && order.arrivedAt === undefined && (
            <button type="button" class="big" onClick={() => onAct({ kind: 'arrive', orderId })}>
              {words.arrived}
            </button>
          )}
          {out && (
            <>
              <button type="button" class="primary big" onClick={() => setStep('hand-over')}>
                {words.deliver}
              </button>
              <button type="button" onClick={() => setStep('fail')}>
                {words.fail}
              </button>
            </>
          )}
        </>
      )}
      {asked === 'hand-over' && out && (
        <HandOver order={order} words={words} refusal={refusal} onAct={onAct} onBack={() => setStep('look')} />
      )}
      {asked === 'fail' && out && (
        <>
          <h2>{words.reason}</h2>
          {Object.entries(words.reasons).map(([kind, reason]) => (
            <button type="button" class="big" key={kind} onClick={() => onAct({ kind: 'fail', orderId, reason })}>
              {reason}
            </button>
          ))}
          <button type="button" onClick={() => setStep('look')}>
            {words.back}
          </button>
        </>
      )}
    </section>
  );
}

/** What opens the phone's own map: `geo:` where that is known, an address elsewhere. */
function wayTo(latitude: number, longitude: number): string {
  const place = `${latitude},${longitude}`;
  return /Android/i.test(navigator.userAgent)
    ? `geo:${place}?q=${place}`
    : `https://www.google.com/maps/dir/?api=1&destination=${place}`;
}
