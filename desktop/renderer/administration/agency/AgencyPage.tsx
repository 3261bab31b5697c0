import type { Agency } from '../../../../protocol/registry.ts';
import { useParts } from '../../console-context.ts';
import { Failed, Skeleton } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { useReading } from '../parts/reading.ts';
import { tell } from '../parts/told.tsx';
import { agencyWords } from '../words/agency.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { AgencyForm } from './AgencyForm.tsx';

export type AgencySettings = Agency & { version: number };

export default function AgencyPage() {
  const { store } = useParts().console;
  const say = spoken(agencyWords);
  const both = spoken(sharedWords);
  const agency = useReading<AgencySettings>('/api/agency');
  return (
    <>
      <PageHead title={both.pages.agency} lead={say.lead} />
      {agency.value === undefined ? (
        agency.error === undefined ? (
          <Skeleton rows={8} />
        ) : (
          <Failed error={agency.error} retry={agency.reload} />
        )
      ) : (
        <AgencyForm
          key={agency.value.version}
          agency={agency.value}
          done={(changed) => {
            tell(both.saved);
            agency.put(changed);
            // The clock and every time on the screen follow at once.
            store.setState({ agency: changed });
          }}
        />
      )}
    </>
  );
}
