import { Button } from '@mantine/core';
import { IconRoute } from '@tabler/icons-react';
import { useState } from 'react';
import { useParts } from '../../console-context.ts';
import { kilometres, lasting } from '../../format.ts';
import { Refused } from '../../session.ts';
import { words } from '../../words.ts';

interface Suggestion {
  stops: string[];
  changed: boolean;
  before: { metres: number; seconds: number };
  after: { metres: number; seconds: number };
}

interface SuggestedOrderProps {
  vanId: string;
  /** stands for the run: a suggestion for another one is not worth showing */
  stamp: string;
  use: (stops: readonly string[]) => void;
}

/** Asks for a quicker order of the open stops. Nothing changes before somebody says so. */
export function SuggestedOrder({ vanId, stamp, use }: SuggestedOrderProps) {
  const { session, changes } = useParts().console;
  const [isAsking, setAsking] = useState(false);
  const [found, setFound] = useState<{ stamp: string; of: Suggestion }>();
  const ask = async () => {
    setAsking(true);
    try {
      const path = `/api/vans/${encodeURIComponent(vanId)}/run/suggested-order`;
      setFound({ stamp, of: (await session.write({ method: 'POST', path })) as Suggestion });
    } catch (error) {
      const text = error instanceof Refused ? words.changes.refused(error.message) : words.changes.noAnswer;
      changes.say({ kind: 'refused', text });
    } finally {
      setAsking(false);
    }
  };
  const suggestion = found?.stamp === stamp ? found.of : undefined;
  if (suggestion === undefined) {
    return (
      <Button
        size="compact-sm"
        variant="default"
        loading={isAsking}
        leftSection={<IconRoute size={15} aria-hidden="true" />}
        onClick={() => void ask()}
      >
        {words.run.suggest}
      </Button>
    );
  }
  if (!suggestion.changed) {
    return (
      <p className="quiet suggestion" role="status">
        {words.run.best}
      </p>
    );
  }
  const metres = Math.max(0, suggestion.before.metres - suggestion.after.metres);
  const seconds = Math.max(0, suggestion.before.seconds - suggestion.after.seconds);
  return (
    <div className="suggestion" role="status">
      <span className="saves">{words.run.saves(kilometres(metres), lasting(seconds * 1000))}</span>
      <Button size="compact-sm" className="strong-button" onClick={() => use(suggestion.stops)}>
        {words.run.apply}
      </Button>
      <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setFound(undefined)}>
        {words.run.dismiss}
      </Button>
    </div>
  );
}
