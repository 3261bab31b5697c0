import {
  type Icon,
  IconBell,
  IconBuildingStore,
  IconHistory,
  IconId,
  IconMailOff,
  IconMapPins,
  IconPolygon,
  IconRadar2,
  IconReportAnalytics,
  IconTruck,
  IconUserCircle,
  IconUsers,
  IconWebhook,
} from '@tabler/icons-react';
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import type { ConsoleState } from '../store.ts';
import type { PageId } from './address.ts';
import { may } from './rights.ts';

interface AdministrationPage {
  id: PageId;
  icon: Icon;
  /** administrators alone: what decides who and what there is, and who is told */
  isAdministrators?: true;
  Page: LazyExoticComponent<ComponentType>;
}

/** The menu, group by group. Each page comes in its own piece. */
export const groups: readonly { id: 'day' | 'past' | 'agency' | 'own'; pages: readonly AdministrationPage[] }[] = [
  {
    id: 'day',
    pages: [
      { id: 'consumers', icon: IconUsers, Page: lazy(() => import('./consumers/ConsumersPage.tsx')) },
      { id: 'vans', icon: IconTruck, Page: lazy(() => import('./fleet/VansPage.tsx')) },
      { id: 'trackers', icon: IconRadar2, Page: lazy(() => import('./fleet/TrackersPage.tsx')) },
      { id: 'zones', icon: IconPolygon, Page: lazy(() => import('./zones/ZonesPage.tsx')) },
      { id: 'places', icon: IconMapPins, Page: lazy(() => import('./places/PlacesPage.tsx')) },
    ],
  },
  {
    id: 'past',
    pages: [
      { id: 'reports', icon: IconReportAnalytics, Page: lazy(() => import('./reports/ReportsPage.tsx')) },
      { id: 'dead-letters', icon: IconMailOff, Page: lazy(() => import('./letters/LettersPage.tsx')) },
      {
        id: 'audit',
        icon: IconHistory,
        isAdministrators: true,
        Page: lazy(() => import('./audit/AuditPage.tsx')),
      },
    ],
  },
  {
    id: 'agency',
    pages: [
      { id: 'accounts', icon: IconId, isAdministrators: true, Page: lazy(() => import('./accounts/AccountsPage.tsx')) },
      {
        id: 'agency',
        icon: IconBuildingStore,
        isAdministrators: true,
        Page: lazy(() => import('./agency/AgencyPage.tsx')),
      },
      { id: 'alert-rules', icon: IconBell, isAdministrators: true, Page: lazy(() => import('./rules/RulesPage.tsx')) },
      {
        id: 'webhooks',
        icon: IconWebhook,
        isAdministrators: true,
        Page: lazy(() => import('./webhooks/WebhooksPage.tsx')),
      },
    ],
  },
  { id: 'own', pages: [{ id: 'me', icon: IconUserCircle, Page: lazy(() => import('./own/OwnPage.tsx')) }] },
];

const all = groups.flatMap(({ pages }) => pages);

export const pageOf = (id: PageId): AdministrationPage | undefined => all.find((page) => page.id === id);

/** Whether the page is anything to whoever looks: else it is not in the menu, and says so where its address is used. */
export function mayOpen(state: Pick<ConsoleState, 'viewer' | 'agency'>, { isAdministrators }: AdministrationPage) {
  return isAdministrators !== true || may(state, 'accounts');
}
