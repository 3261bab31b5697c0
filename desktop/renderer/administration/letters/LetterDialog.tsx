import { Button, SegmentedControl } from '@mantine/core';
import { useMemo, useState } from 'react';
import type { DeadLetter } from '../../../../protocol/record.ts';
import { useZone } from '../../console-context.ts';
import { count, fullTime } from '../../format.ts';
import { Dialog } from '../parts/Dialog.tsx';
import { lettersWords } from '../words/letters.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { bytesOf, hexOf, textOf } from './letter-bytes.ts';

/** What was sent, as text where it is text and byte by byte, and what can be done about it. */
export function LetterDialog(props: {
  letter: DeadLetter;
  close: () => void;
  /** absent: whoever looks may not */
  replay?: (() => void) | undefined;
  busy: boolean;
  /** what became of taking it once more */
  result: string | undefined;
}) {
  const { letter, close, replay, busy, result } = props;
  const say = spoken(lettersWords);
  const zone = useZone();
  const bytes = useMemo(() => bytesOf(letter.bytes), [letter.bytes]);
  const text = useMemo(() => textOf(bytes), [bytes]);
  const [as, setAs] = useState(text === undefined ? 'hex' : 'text');
  const advice = say.advice[letter.reason];
  return (
    <Dialog title={say.title(letter.device)} close={close} size="lg">
      <dl className="facts-list">
        <dt>{say.reason}</dt>
        <dd>{say.reasons[letter.reason] ?? letter.reason}</dd>
        <dt>{say.detail}</dt>
        <dd>{letter.detail}</dd>
        {advice !== undefined && (
          <>
            <dt>{say.do}</dt>
            <dd>{advice}</dd>
          </>
        )}
        <dt>{say.when}</dt>
        <dd>{fullTime(letter.time, zone)}</dd>
        <dt>{say.via}</dt>
        <dd className="mono">{letter.via}</dd>
        <dt>{say.format}</dt>
        <dd>{letter.format}</dd>
      </dl>
      <div className="bytes-head">
        <SegmentedControl
          size="xs"
          value={as}
          onChange={setAs}
          data={[
            { value: 'text', label: say.text, disabled: text === undefined },
            { value: 'hex', label: say.hex },
          ]}
        />
        <span className="quiet">{say.size(count(bytes.length))}</span>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and must do so by the keyboard too */}
      <pre className={as === 'hex' ? 'bytes hex' : 'bytes'} data-testid="letter-bytes" tabIndex={0}>
        {bytes.length === 0 ? say.empty : as === 'hex' ? hexOf(bytes) : text}
      </pre>
      <p role="status" className="letter-result">
        {result}
      </p>
      <div className="form-buttons">
        <Button variant="default" onClick={close}>
          {spoken(sharedWords).close}
        </Button>
        {replay !== undefined && (
          <Button className="primary" loading={busy} onClick={replay}>
            {say.replay}
          </Button>
        )}
      </div>
    </Dialog>
  );
}
