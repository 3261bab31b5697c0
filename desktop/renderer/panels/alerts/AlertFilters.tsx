import { NativeSelect } from '@mantine/core';
import { type AlertKind, severities } from '../../../../protocol/alert.ts';
import { useConsole, useParts } from '../../console-context.ts';
import { words } from '../../words.ts';
import type { AlertFilter } from './alert-list.ts';
import { SeverityMark } from './SeverityMark.tsx';

/** Which alerts are listed. `kinds`: those there are. */
export function AlertFilters({ kinds }: { kinds: readonly AlertKind[] }) {
  const { store } = useParts().console;
  const filter = useConsole((state) => state.alertFilter);
  const set = (part: Partial<AlertFilter>) =>
    store.setState(({ alertFilter }) => ({ alertFilter: { ...alertFilter, ...part } }));
  const offered = filter.kind === 'all' || kinds.includes(filter.kind) ? kinds : [filter.kind, ...kinds];
  return (
    <fieldset className="alert-filters">
      <legend className="visually-hidden">{words.alerts.filter}</legend>
      <div className="pills">
        {severities.toReversed().map((severity) => (
          <button
            key={severity}
            type="button"
            className="pill"
            aria-pressed={filter.severity === severity}
            onClick={() => set({ severity: filter.severity === severity ? 'all' : severity })}
          >
            <SeverityMark severity={severity} size={14} />
            <span aria-hidden="true">{words.alerts.severity[severity]}</span>
          </button>
        ))}
      </div>
      <div className="pills">
        {(['mine', 'acknowledged', 'snoozed'] as const).map((each) => (
          <button
            key={each}
            type="button"
            className="pill"
            aria-pressed={filter[each]}
            onClick={() => set({ [each]: !filter[each] })}
          >
            {words.alerts[each]}
          </button>
        ))}
        <NativeSelect
          size="xs"
          className="kind-select"
          aria-label={words.alerts.kind}
          value={filter.kind}
          onChange={(event) => set({ kind: event.currentTarget.value as AlertFilter['kind'] })}
          data={[
            { value: 'all', label: words.alerts.anyKind },
            ...offered.map((kind) => ({ value: kind, label: words.alerts.kinds[kind] })),
          ]}
        />
      </div>
    </fieldset>
  );
}
