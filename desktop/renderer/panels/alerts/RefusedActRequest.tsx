import { Button } from '@mantine/core';
import { IconMessageX } from '@tabler/icons-react';
import { useStore } from 'zustand';
import { isAsTold } from '../../../../protocol/order.ts';
import { useConsole, useParts, useZone } from '../../console-context.ts';
import { timeSince } from '../../format.ts';
import { language, words } from '../../words.ts';
import { RequestRow } from './RequestRow.tsx';
import { accountOf, type Request } from './requests.ts';
import { ThingLinks } from './ThingLinks.tsx';

interface RefusedActRequestProps {
  request: Extract<Request, { kind: 'act' }>;
  now: number;
  isFirst: boolean;
}

/** A driver did something at a door that the daemon did not take: what, when, why not, and what the order is now. */
export function RefusedActRequest({ request, now, isFirst }: RefusedActRequestProps) {
  const { console, alerts } = useParts();
  const { key, order, refused, at } = request;
  const zone = useZone();
  const isLive = useConsole((state) => state.link.kind === 'live');
  const isBusy = useStore(alerts.state, (state) => state.busy.has(key));
  const consumer = console.world.consumers.get(order.consumerId)?.consumer;
  const { step, cause, found, by, actedAt = refused.toldAt, reason, detail } = refused;
  const when = timeSince(actedAt, now, zone);
  const states = words.requests.states;
  return (
    <RequestRow
      of={key}
      mark={<IconMessageX size={20} aria-hidden="true" />}
      title={words.requests.refused}
      {...{ at, now, isFirst }}
    >
      <p className="alert-line">
        <strong>{consumer?.name ?? words.alerts.order(order.id)}</strong>
        {consumer?.address !== undefined && <span className="quiet"> · {consumer.address}</span>}
      </p>
      <p className="request-text">
        {words.requests.told(accountOf(by), words.requests.step[step], when)}
        {reason !== undefined && ` ${words.requests.reason(reason)}`}
      </p>
      <p className="request-text" title={language === 'en' ? detail : undefined}>
        {words.requests.cause[cause](states[found])} {words.requests.now(states[order.state])}
      </p>
      <p className="request-text">{words.requests.willHear(isAsTold(order, step))}</p>
      <ThingLinks vanId={order.vanId} orderId={order.id} />
      <div className="request-acts">
        <Button
          size="compact-sm"
          color="blue.8"
          disabled={!isLive}
          loading={isBusy}
          onClick={() => void alerts.settleAct(order.id, refused.act)}
        >
          {words.requests.settle}
        </Button>
      </div>
    </RequestRow>
  );
}
