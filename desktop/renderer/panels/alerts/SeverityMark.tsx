import { IconAlertTriangleFilled, IconExclamationCircleFilled, IconInfoCircleFilled } from '@tabler/icons-react';
import type { Severity } from '../../../../protocol/alert.ts';
import { words } from '../../words.ts';

const marks = { critical: IconExclamationCircleFilled, warning: IconAlertTriangleFilled, info: IconInfoCircleFilled };

/** How grave it is: by its shape as well as by its colour, and in words for who sees neither. */
export function SeverityMark({ severity, size }: { severity: Severity; size: number }) {
  const Mark = marks[severity];
  return (
    <span className="severity" data-severity={severity} title={words.alerts.severity[severity]}>
      <Mark size={size} aria-hidden="true" />
      <span className="visually-hidden">{words.alerts.severity[severity]}</span>
    </span>
  );
}
