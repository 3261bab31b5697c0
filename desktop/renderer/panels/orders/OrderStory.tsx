import { Button, Loader } from '@mantine/core';
import { useConsole, useNow, useParts, useZone } from '../../console-context.ts';
import { fullTime, timeSince } from '../../format.ts';
import { actorName, type StoryStep } from '../../order-race.ts';
import { words } from '../../words.ts';
import { useAnswer } from './use-answer.ts';

/** What happened to an order, when, and who did it. */
export function OrderStory({ id, version }: { id: string; version: number }) {
  const { value, failed, again } = useAnswer<{ items: StoryStep[] }>(
    `/api/orders/${encodeURIComponent(id)}/story`,
    version,
  );
  return (
    <section className="card-section" aria-label={words.order.story}>
      <h3>{words.order.story}</h3>
      {value !== undefined ? (
        <ol className="story">
          {value.items.toReversed().map((step) => (
            <Step key={`${step.time} ${step.type}`} step={step} />
          ))}
        </ol>
      ) : failed ? (
        <p className="quiet">
          {words.order.storyFailed}{' '}
          <Button size="compact-xs" variant="subtle" onClick={again}>
            {words.order.retry}
          </Button>
        </p>
      ) : (
        <p className="quiet">
          <Loader size={12} aria-hidden="true" /> {words.order.storyLoading}
        </p>
      )}
    </section>
  );
}

function Step({ step }: { step: StoryStep }) {
  const { vans } = useParts().console.world;
  const own = useConsole((state) => state.viewer?.subject);
  const zone = useZone();
  const now = useNow();
  const { vanId, reason, template } = step.data as { vanId?: string; reason?: string; template?: string };
  const van = vanId === undefined ? undefined : (vans.get(vanId)?.van.name ?? vanId);
  const more = [van, reason, template].filter(Boolean).join(', ');
  return (
    <li data-step={step.type}>
      <time dateTime={new Date(step.time).toISOString()} title={fullTime(step.time, zone)}>
        {timeSince(step.time, now, zone)}
      </time>
      <span>
        {words.order.steps[step.type] ?? step.type}
        {more !== '' && `: ${more}`} <span className="quiet">{words.order.by(actorName(step.actor, own))}</span>
      </span>
    </li>
  );
}
