import type { Alert, AlertKind, Muted, RuleSet, Severity } from '../../protocol/alert.ts';
import type { AlertRules } from '../../protocol/alert-rules.ts';

/** Which alerts a list is to have; what is left out does not matter. */
export interface AlertQuery {
  state?: 'open' | 'closed';
  kind?: AlertKind;
  severity?: Severity;
  vanId?: string;
}

/** A place in a list of alerts, which are newest first: after the alert that was opened then (UTC ms) and has this id. */
export interface AlertPlace {
  openedAt: number;
  id: string;
}

/** Muted kinds and rules as they are, with their versions; 0: nobody has set them. */
export interface VanMuted {
  muted: Muted[];
  version: number;
}
export interface RulesSet {
  rules: AlertRules;
  settings: RuleSet[];
  version: number;
}

/** What people did with alerts, and the rules they set. */
export interface AlertActsView {
  muted(agency: string, vanId: string): VanMuted;
  rules(agency: string): RulesSet;
  /** as they were at a time, UTC ms, of the last days */
  rulesAt(agency: string, time: number): AlertRules;
  /** of `alert:ID`, `muted:VAN` or `alert-rules:agency`; 0: nothing was done */
  count(agency: string, subject: string): number;
}

/** Alerts as everyone reads them. Those that closed longer than 90 days ago are gone. */
export interface AlertsView extends AlertActsView {
  alert(agency: string, id: string): Alert | undefined;
  open(agency: string): Iterable<Alert>;
  /** all that match, newest first, from after a place on; to be taken one by one */
  find(agency: string, query: AlertQuery, after?: AlertPlace): Iterable<Alert>;
}
