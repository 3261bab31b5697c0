import { Button } from '@mantine/core';
import { IconMapPinShare } from '@tabler/icons-react';
import { useStore } from 'zustand';
import { useConsole, useParts } from '../../console-context.ts';
import { courseWord } from '../../format.ts';
import { words } from '../../words.ts';
import { RequestRow } from './RequestRow.tsx';
import { moveOf, type Request } from './requests.ts';

interface PinRequestProps {
  request: Extract<Request, { kind: 'pin' }>;
  now: number;
  isFirst: boolean;
}

/** A consumer says that the door is elsewhere: both places on the map, and the dispatcher's word. */
export function PinRequest({ request, now, isFirst }: PinRequestProps) {
  const { console, scene, alerts } = useParts();
  const { key, consumer, suggested, at } = request;
  const isLive = useConsole((state) => state.link.kind === 'live');
  const isCompared = useConsole((state) => state.comparedPin === consumer.id);
  const isBusy = useStore(alerts.state, (state) => state.busy.has(key));
  const { latitude, longitude, address } = consumer;
  const present = latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
  const move = present && moveOf(present, suggested);
  const look = () => {
    console.store.setState({ comparedPin: isCompared ? undefined : consumer.id, following: false });
    if (!isCompared) scene.showPlaces(present === undefined ? [suggested] : [present, suggested]);
  };
  return (
    <RequestRow
      of={key}
      mark={<IconMapPinShare size={20} aria-hidden="true" />}
      title={words.requests.pin}
      {...{ at, now, isFirst }}
    >
      <p className="alert-line">
        <strong>{consumer.name}</strong>
        {address !== undefined && <span className="quiet"> · {address}</span>}
      </p>
      <p className="request-text">
        {move === undefined
          ? words.requests.pinNew
          : words.requests.pinText(words.requests.distance(move.metres), courseWord(move.course))}
      </p>
      <div className="request-acts">
        <Button
          size="compact-sm"
          color="blue.8"
          disabled={!isLive}
          loading={isBusy}
          onClick={() => void alerts.settlePin(consumer.id, true)}
        >
          {words.requests.approve}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          disabled={!isLive || isBusy}
          onClick={() => void alerts.settlePin(consumer.id, false)}
        >
          {words.requests.refuse}
        </Button>
        <Button size="compact-sm" variant={isCompared ? 'light' : 'subtle'} aria-pressed={isCompared} onClick={look}>
          {words.requests.look}
        </Button>
      </div>
    </RequestRow>
  );
}
