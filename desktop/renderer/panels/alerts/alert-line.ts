import type { Alert } from '../../../../protocol/alert.ts';
import { alertText } from '../../../../protocol/alert-text.ts';
import { language } from '../../words.ts';

/** The line of an alert in the language of the console, with the times of the agency. */
export function lineOf(alert: Pick<Alert, 'template' | 'params' | 'text'>, timeZone: string, now: number): string {
  const line = alertText(alert, { language, timeZone, now });
  // A template of a newer daemon: its own line in English is better than the template's name.
  return line === alert.template ? alert.text : line;
}
