/** @jsxImportSource preact */
import type { PositionState, Positions } from './positions.ts';
import type { DriveWords } from './words.ts';

/** The switch for the own position, and a clear sign when the phone does not tell it. */
export function PositionPart({
  positions,
  state,
  words: { position: words },
  time,
}: {
  positions: Positions;
  state: PositionState;
  words: DriveWords;
  time: (at: number) => string;
}) {
  if (!state.on) {
    return (
      <button type="button" onClick={() => void positions.start()}>
        {words.start}
      </button>
    );
  }
  const problem =
    state.problem === 'no-phone' ? words.noPhone : state.problem === undefined ? undefined : words[state.problem];
  return (
    <section class="position">
      {problem === undefined && state.last !== undefined && <p role="status">● {words.on(time(state.last))}</p>}
      {problem !== undefined && <p role="alert">{problem}</p>}
      {state.stopped !== undefined && (
        <p role="alert">{words.stopped(time(state.stopped.from), time(state.stopped.until))}</p>
      )}
      {state.kept > 1 && <p>{words.kept(state.kept)}</p>}
      {state.saving && <p>{words.saving}</p>}
      <button type="button" onClick={() => positions.stop()}>
        {words.stop}
      </button>
    </section>
  );
}
