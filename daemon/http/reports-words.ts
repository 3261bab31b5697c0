import type { DayReport } from '../domain/day-report.ts';
import type { ReportBy } from '../project/day-reports.ts';

/** What a report shows of its numbers, column by column, in the order in which it is read. */
type Value = Exclude<keyof DayReport, 'day' | 'vanId' | 'driverId' | 'withCode'>;

export interface Column {
  field: Value;
  /** of the column in a table of numbers: name and unit */
  csv: string;
  unit: 'count' | 'km' | 'time' | 'share';
}

export const columns: readonly Column[] = [
  { field: 'distance', csv: 'distance_km', unit: 'km' },
  { field: 'driving', csv: 'driving_min', unit: 'time' },
  { field: 'trips', csv: 'trips', unit: 'count' },
  { field: 'stops', csv: 'stops', unit: 'count' },
  { field: 'delivered', csv: 'delivered', unit: 'count' },
  { field: 'failed', csv: 'failed', unit: 'count' },
  { field: 'late', csv: 'late', unit: 'count' },
  { field: 'codeRate', csv: 'code_rate_percent', unit: 'share' },
  { field: 'cylindersOut', csv: 'cylinders_out', unit: 'count' },
  { field: 'cylindersDelivered', csv: 'cylinders_delivered', unit: 'count' },
  { field: 'cylindersBack', csv: 'cylinders_back_full', unit: 'count' },
  { field: 'empties', csv: 'empties_back', unit: 'count' },
  { field: 'atDoors', csv: 'at_doors_min', unit: 'time' },
  { field: 'silence', csv: 'silence_min', unit: 'time' },
  { field: 'ghosts', csv: 'doubtful', unit: 'count' },
  { field: 'unknown', csv: 'unverifiable', unit: 'count' },
];

interface Words {
  title: Record<ReportBy, string>;
  period: (from: string, to: string) => string;
  day: string;
  van: string;
  driver: string;
  noVan: string;
  noDriver: string;
  total: string;
  nothing: string;
  columns: Record<Value, string>;
}

/** The words of the printed page, in the agency's language. */
export const words: Readonly<Record<'en' | 'hi', Words>> = {
  en: {
    title: { day: 'Report by day', van: 'Report by van', driver: 'Report by driver' },
    period: (from, to) => (from === to ? from : `${from} to ${to}`),
    day: 'Day',
    van: 'Van',
    driver: 'Driver',
    noVan: 'No van',
    noDriver: 'No driver',
    total: 'Total',
    nothing: 'Nothing happened in these days.',
    columns: {
      distance: 'Distance, km',
      driving: 'Driving, hours',
      trips: 'Trips',
      stops: 'Stops',
      delivered: 'Delivered',
      failed: 'Failed',
      late: 'Late (after 48 hours)',
      codeRate: 'With code, %',
      cylindersOut: 'Cylinders out',
      cylindersDelivered: 'Cylinders delivered',
      cylindersBack: 'Brought back full',
      empties: 'Empties taken back',
      atDoors: 'At doors, hours',
      silence: 'Silent, hours',
      ghosts: 'Doubtful deliveries',
      unknown: 'Deliveries that cannot be checked',
    },
  },
  hi: {
    title: { day: 'दिनवार रिपोर्ट', van: 'गाड़ीवार रिपोर्ट', driver: 'ड्राइवरवार रिपोर्ट' },
    period: (from, to) => (from === to ? from : `${from} से ${to} तक`),
    day: 'दिन',
    van: 'गाड़ी',
    driver: 'ड्राइवर',
    noVan: 'कोई गाड़ी नहीं',
    noDriver: 'कोई ड्राइवर नहीं',
    total: 'कुल',
    nothing: 'इन दिनों में कुछ नहीं हुआ।',
    columns: {
      distance: 'दूरी, किमी',
      driving: 'चलने का समय, घंटे',
      trips: 'फेरे',
      stops: 'ठहराव',
      delivered: 'पहुँचाए गए',
      failed: 'नहीं पहुँचे',
      late: 'देर से (48 घंटे के बाद)',
      codeRate: 'कोड के साथ, %',
      cylindersOut: 'भेजे गए सिलेंडर',
      cylindersDelivered: 'दिए गए सिलेंडर',
      cylindersBack: 'भरे हुए वापस',
      empties: 'खाली वापस लिए',
      atDoors: 'दरवाज़ों पर, घंटे',
      silence: 'संपर्क नहीं, घंटे',
      ghosts: 'संदिग्ध डिलीवरी',
      unknown: 'जिनकी जाँच नहीं हो सकती',
    },
  },
};
