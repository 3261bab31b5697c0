import { useEffect } from 'react';
import { useConsole } from '../../console-context.ts';
import { count } from '../../format.ts';
import { Failed } from '../parts/Listed.tsx';
import { useReading } from '../parts/reading.ts';
import { reportsWords } from '../words/reports.ts';
import { spoken } from '../words/spoken.ts';

interface Norm {
  counts: { open: number; broken: number; lost: number; atRisk: number; onTime: number };
}

/** Orders come in bursts; so long after the last of them it is worth a look, ms. */
const settles = 2000;

/** How the open orders stand against the 48 hours, at this moment. */
export function NormNow() {
  const say = spoken(reportsWords);
  const revision = useConsole((state) => state.ordersRevision);
  const norm = useReading<Norm>('/api/norm?limit=1');
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what happens to orders is a reason to ask again
  useEffect(() => {
    const timer = setTimeout(norm.reload, settles);
    return () => clearTimeout(timer);
  }, [revision]);
  if (norm.error !== undefined) return <Failed error={norm.error} retry={norm.reload} />;
  if (norm.value === undefined) return null;
  const { counts } = norm.value;
  return (
    <section className="section no-print">
      <h3>{say.norm}</h3>
      <p className="quiet">{say.normLead}</p>
      <dl className="figures">
        {(['open', 'onTime', 'atRisk', 'lost', 'broken'] as const).map((each) => (
          <div key={each} className={(each === 'lost' || each === 'broken') && counts[each] > 0 ? 'bad' : ''}>
            <dt>{say.normCounts[each]}</dt>
            <dd>{count(counts[each])}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
