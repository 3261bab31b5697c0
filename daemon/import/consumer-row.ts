import { createHash } from 'node:crypto';
import { type RefusalCode, type RefusalParams, refusalText, said, type Why, why } from '../../protocol/refusal-text.ts';
import type { Consumer } from '../../protocol/registry.ts';
import type { ConsumerRow } from '../domain/import-consumer.ts';
import type { Vocabulary } from './columns.ts';

type Field =
  | 'number'
  | 'id'
  | 'name'
  | 'phone'
  | 'address'
  | 'pincode'
  | 'latitude'
  | 'longitude'
  | 'language'
  | 'notes';

/** What the columns of a distributor's consumer list are called, in English and Hindi. */
export const consumerColumns: Vocabulary<Field> = {
  number: {
    called: [
      ...['consumer number', 'consumer no', 'consumerno', 'cons no', 'consumer id', 'consumer code', 'customer number'],
      ...['customer no', 'customer id', 'connection number', 'connection no', 'ca number', 'ca no', 'lpg id', 'no'],
      ...['उपभोक्ता संख्या', 'उपभोक्ता क्रमांक', 'ग्राहक संख्या', 'ग्राहक क्रमांक'],
    ],
  },
  id: { called: ['vantrail id'] },
  name: {
    called: [
      'consumer name',
      'customer name',
      'full name',
      'beneficiary name',
      'consumer',
      'customer',
      'नाम',
      'उपभोक्ता नाम',
      'ग्राहक का नाम',
    ],
  },
  phone: {
    called: [
      ...[
        'mobile',
        'mobile number',
        'mobile no',
        'phone number',
        'phone no',
        'contact',
        'contact number',
        'contact no',
      ],
      ...['telephone', 'tel', 'registered mobile number', 'cell', 'फोन', 'फ़ोन', 'मोबाइल', 'मोबाइल नंबर'],
    ],
  },
  address: {
    called: [
      ...['full address', 'consumer address', 'delivery address', 'address 1', 'address 2', 'address 3', 'address1'],
      ...['address2', 'address3', 'address line 1', 'address line 2', 'address line 3', 'house no', 'house number'],
      ...['street', 'area', 'locality', 'landmark', 'पता'],
    ],
    joins: true,
  },
  pincode: { called: ['pin', 'pin code', 'postal code', 'postcode', 'zip', 'zip code', 'पिन', 'पिन कोड', 'पिनकोड'] },
  latitude: { called: ['lat', 'gps lat', 'gps latitude', 'y', 'अक्षांश'] },
  longitude: { called: ['lng', 'lon', 'long', 'gps long', 'gps longitude', 'x', 'देशांतर'] },
  language: { called: ['lang', 'preferred language', 'भाषा'] },
  notes: {
    called: ['note', 'remark', 'remarks', 'instructions', 'delivery instructions', 'notes for the driver', 'टिप्पणी'],
  },
};

export interface RowError {
  /** empty: the row as a whole */
  field: string;
  message: string;
  /** the sentence of `message` and what stands in it, for who says it in another language */
  code?: RefusalCode;
  params?: RefusalParams;
}

/** What is wrong with a field, in English and by its code. */
export function rowError(field: string, reason: Why): RowError {
  return { field, message: refusalText(reason, 'en') ?? reason.code, ...said(reason) };
}

const languages: Readonly<Record<string, 'en' | 'hi'>> = {
  en: 'en',
  eng: 'en',
  english: 'en',
  hi: 'hi',
  hin: 'hi',
  hindi: 'hi',
  हिन्दी: 'hi',
  हिंदी: 'hi',
};

const lengths = [
  { field: 'number', most: 32 },
  { field: 'name', most: 120 },
  { field: 'phone', most: 32 },
  { field: 'address', most: 300 },
  { field: 'notes', most: 500 },
] as const;

/** A consumer from the texts of a row, or what is wrong with each of them. Empty cells say nothing. */
export function readConsumer(fields: { [F in Field]?: string }): { row: ConsumerRow } | { errors: RowError[] } {
  const errors: RowError[] = [];
  const { number, id, name, phone, address, notes } = fields;
  if (number === undefined && id === undefined) errors.push(rowError('number', why('row-missing')));
  if (id !== undefined && !/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) {
    errors.push(rowError('id', why('row-id')));
  }
  for (const { field, most } of lengths) {
    if ((fields[field]?.length ?? 0) > most) errors.push(rowError(field, why('row-long', { most })));
  }
  // A spreadsheet writes 440001 as 440001.0 where the column is a number.
  const pincode = fields.pincode?.replace(/\.0+$/, '').replace(/\s/g, '');
  if (pincode !== undefined && pincode.length > 12) errors.push(rowError('pincode', why('row-long', { most: 12 })));
  const latitude = degrees(fields.latitude, 90);
  const longitude = degrees(fields.longitude, 180);
  if (latitude === null) errors.push(rowError('latitude', why('row-degrees', { most: 90 })));
  if (longitude === null) errors.push(rowError('longitude', why('row-degrees', { most: 180 })));
  if ((latitude === undefined) !== (longitude === undefined)) {
    errors.push(rowError(latitude === undefined ? 'latitude' : 'longitude', why('row-missing')));
  }
  const language = fields.language === undefined ? undefined : languages[fields.language.toLowerCase()];
  if (fields.language !== undefined && language === undefined) {
    errors.push(rowError('language', why('row-language')));
  }
  if (errors.length > 0) return { errors };
  // Field by field: a list has a hundred thousand rows, and an object made of spread pieces takes ten times as long.
  const row: ConsumerRow = {};
  if (number !== undefined) row.number = number;
  if (id !== undefined) row.id = id;
  if (name !== undefined) row.name = name;
  if (phone !== undefined) row.phone = phone;
  if (address !== undefined) row.address = address;
  if (pincode !== undefined) row.pincode = pincode;
  // 0, 0 is where lists put what has no position.
  if (typeof latitude === 'number' && typeof longitude === 'number' && (latitude !== 0 || longitude !== 0)) {
    row.latitude = latitude;
    row.longitude = longitude;
  }
  if (language !== undefined) row.language = language;
  if (notes !== undefined) row.notes = notes;
  return { row };
}

/** undefined: not given; null: no such degrees */
function degrees(text: string | undefined, most: number): number | null | undefined {
  if (text === undefined) return undefined;
  if (!/^[+-]?\d{1,3}(\.\d+)?$/.test(text)) return null;
  const value = Math.round(Number(text) * 1e6) / 1e6;
  return Math.abs(value) <= most ? value : null;
}

/**
 * The id of a consumer by his number, the same wherever and whenever it is imported, so that a list that is imported
 * twice, or at two daemons at once, makes nobody twice.
 */
export function idOfNumber(number: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(number)) return number;
  return `c-${createHash('sha256').update(number).digest('hex').slice(0, 20)}`;
}

/** Consumers by their numbers. */
export function numbersOf(consumers: Iterable<Consumer>): Map<string, string> {
  const numbers = new Map<string, string>();
  for (const { id, number } of consumers) if (number !== undefined) numbers.set(number, id);
  return numbers;
}
