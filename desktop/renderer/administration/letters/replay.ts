import { lettersWords } from '../words/letters.ts';
import { spoken } from '../words/spoken.ts';

/** What became of a letter that was taken once more. */
export interface Replayed {
  accepted: number;
  duplicates: number;
  rejected: { reason: string; detail: string }[];
  ignored?: string;
}

export function replayText({ accepted, duplicates, rejected, ignored }: Replayed): string {
  const say = spoken(lettersWords);
  const [refused] = rejected;
  const lines = [
    accepted > 0 ? say.accepted(accepted) : '',
    duplicates > 0 ? say.duplicates(duplicates) : '',
    refused === undefined ? '' : say.still(say.reasons[refused.reason] ?? refused.reason, refused.detail),
    ignored === undefined ? '' : say.ignored(ignored),
  ];
  return lines.filter(Boolean).join(' ') || say.accepted(0);
}

export const wentWell = ({ accepted, duplicates, rejected }: Replayed): boolean =>
  rejected.length === 0 && accepted + duplicates > 0;
