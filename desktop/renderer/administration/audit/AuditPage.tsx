import { NativeSelect, TextInput } from '@mantine/core';
import { useMemo } from 'react';
import type { Account } from '../../../../protocol/account.ts';
import { useNow, useParts, useZone } from '../../console-context.ts';
import { fullTime, timeSince } from '../../format.ts';
import { daysAfter, startOfDay } from '../parts/day.ts';
import { queryOf, useKept } from '../parts/kept.ts';
import { type Column, Listed } from '../parts/Listed.tsx';
import { PageHead } from '../parts/PageHead.tsx';
import { useListing } from '../parts/reading.ts';
import { SearchField } from '../parts/SearchField.tsx';
import { accountsWords } from '../words/accounts.ts';
import { auditWords } from '../words/audit.ts';
import { eventWords } from '../words/events.ts';
import { partsWords } from '../words/parts.ts';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { detailsOf } from './details.ts';

interface Entry {
  id: string;
  time: number;
  actor: string;
  type: string;
  about: string;
  data: Record<string, unknown>;
}

/** Who did what when, newest first, in the agency's time. */
export default function AuditPage() {
  const say = spoken(auditWords);
  const both = spoken(sharedWords);
  const parts = spoken(partsWords);
  const events = spoken(eventWords);
  const roles = spoken(accountsWords).roles as Record<string, string>;
  const zone = useZone();
  const now = useNow();
  const { world } = useParts().console;
  const [actor, setActor] = useKept('audit.actor', '');
  const [type, setType] = useKept('audit.type', '');
  const [about, setAbout] = useKept('audit.about', '');
  const [from, setFrom] = useKept('audit.from', '');
  const [to, setTo] = useKept('audit.to', '');
  const accounts = useListing<Account>('/api/accounts?limit=1000');
  const entries = useListing<Entry>(
    `/api/audit${queryOf({
      ...{ actor, type, about: about.trim() },
      from: from === '' ? undefined : startOfDay(from, zone),
      to: to === '' ? undefined : startOfDay(daysAfter(to, 1), zone),
    })}`,
  );
  const names = useMemo(() => new Map((accounts.items ?? []).map(({ id, name }) => [id, name])), [accounts.items]);
  const who = (text: string) => {
    const [role = '', id = ''] = text.split(':');
    if (roles[role] === undefined) return say.parts[text] ?? text;
    return `${names.get(id) ?? id} (${roles[role]})`;
  };
  /** `van:v1` with the name the van has. */
  const what = (text: string) => {
    const [kind = '', id = ''] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
    const name = kind === 'van' ? world.vans.get(id)?.van.name : kind === 'account' ? names.get(id) : undefined;
    return `${say.kinds[kind] ?? kind} ${name ?? id}`;
  };
  const actors = (accounts.items ?? [])
    .filter(({ role }) => role !== 'INTERNAL_SERVICE')
    .map(({ id, role, name }) => ({ value: `${role}:${id}`, label: `${name} (${roles[role]})` }));

  const columns: Column<Entry>[] = [
    {
      id: 'time',
      head: say.when,
      cell: ({ time }) => <span title={fullTime(time, zone)}>{timeSince(time, now, zone)}</span>,
    },
    { id: 'who', head: say.who, cell: ({ actor: by }) => who(by) },
    { id: 'what', head: say.what, cell: (entry) => events[entry.type] ?? entry.type },
    { id: 'about', head: say.about, cell: (entry) => what(entry.about) },
    {
      id: 'details',
      head: say.details,
      cell: ({ data }) => {
        const details = detailsOf(data);
        return (
          <span className="clip quiet" title={details}>
            {details}
          </span>
        );
      },
    },
  ];
  const isFiltered = [actor, type, about, from, to].some((value) => value !== '');
  return (
    <>
      <PageHead title={both.pages.audit} lead={say.lead(zone)} />
      <div className="filters">
        <NativeSelect
          label={say.who}
          value={actor}
          data={[{ value: '', label: both.all }, ...actors]}
          onChange={({ currentTarget }) => setActor(currentTarget.value)}
        />
        <NativeSelect
          label={say.what}
          value={type}
          data={[{ value: '', label: both.all }, ...Object.entries(events).map(([value, label]) => ({ value, label }))]}
          onChange={({ currentTarget }) => setType(currentTarget.value)}
        />
        <TextInput
          label={parts.from}
          type="date"
          value={from}
          onChange={({ currentTarget }) => setFrom(currentTarget.value)}
        />
        <TextInput
          label={parts.to}
          type="date"
          value={to}
          onChange={({ currentTarget }) => setTo(currentTarget.value)}
        />
        <SearchField label={say.aboutFilter} hint="van:van-1" value={about} search={setAbout} />
      </div>
      <Listed
        listing={entries}
        columns={columns}
        keyOf={({ id }) => id}
        label={both.pages.audit}
        empty={isFiltered ? { title: say.noMatch } : { title: say.emptyTitle, lead: say.emptyLead }}
      />
    </>
  );
}
