/** Figures of a spooled log, for metrics and readiness. */
export interface SpoolCounts {
  /** in the spool and not yet in the shared log */
  waitingRecords: number;
  waitingBytes: number;
  /** age of the oldest of them; 0 when there is none */
  oldestSeconds: number;
  /** records forwarded since the start */
  forwarded: number;
  /** records of the shared log that this daemon has not read yet; undefined while that is not known */
  lag: number | undefined;
  /** UTC ms since when no broker answers; undefined while one does */
  unreachableSince: number | undefined;
}

export interface SpoolProblems {
  spool: string | undefined;
  full: string | undefined;
  failed: string | undefined;
  remote: string | undefined;
  counts: SpoolCounts;
  ack: 'refusing' | 'fallen back' | undefined;
}

/** One line for readiness, what matters most first; undefined when nothing is wrong. */
export function problemOf({ spool, full, failed, remote, counts, ack }: SpoolProblems): string | undefined {
  if (spool !== undefined) return spool;
  const { waitingRecords, unreachableSince } = counts;
  const wait = `${waitingRecords} records wait in the spool`;
  const unreachable =
    unreachableSince === undefined
      ? undefined
      : `Kafka unreachable since ${new Date(unreachableSince).toISOString()}; ${wait}`;
  if (full !== undefined) {
    const why = unreachableSince === undefined ? wait : unreachable;
    return `${full}; nothing is acknowledged until some of it has been forwarded; ${why}`;
  }
  if (failed !== undefined) return `the shared log cannot be used (${failed}); restart the daemon; ${wait}`;
  const late = unreachable ?? (ack === undefined ? undefined : `Kafka does not answer in time; ${wait}`);
  if (ack === 'refusing') return `${late}; positions are refused until it answers (--ack-fallback refuse)`;
  if (ack === 'fallen back') return `${late}; positions are acknowledged from this daemon's disk`;
  return unreachable ?? remote;
}
