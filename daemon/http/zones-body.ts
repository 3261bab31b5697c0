import type { FastifySchemaCompiler } from 'fastify';
import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { why } from '../../protocol/refusal-text.ts';
import { Id } from '../../protocol/registry.ts';
import { type ZoneChange, ZoneShape, zoneChangeFields, zoneFields } from '../../protocol/zone.ts';
import type { AddZone } from '../domain/decide-zone.ts';
import { fieldsOfFeature } from '../domain/zone-geojson.ts';
import { Problem } from './problem.ts';
import { invalid, validatorCompiler } from './validation.ts';

export const closed = { additionalProperties: false };
export const NewZone = Type.Object({ id: Type.Optional(Id), ...zoneFields }, closed);
export const WholeZone = Type.Object(zoneFields, closed);
export const Feature = Type.Object({
  type: Type.Literal('Feature'),
  id: Type.Optional(Type.Union([Type.String({ maxLength: 64 }), Type.Integer()])),
  geometry: Type.Object({ type: Type.String(), coordinates: Type.Unknown() }),
  properties: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
});
export const Change = Type.Object(zoneChangeFields, closed);
const checks = {
  feature: Compile(Feature),
  newZone: Compile(NewZone),
  whole: Compile(WholeZone),
  change: Compile(Change),
};
const shapeChecks = new Map(ZoneShape.anyOf.map((shape) => [shape.properties.type.const as string, Compile(shape)]));
/** Bodies are checked below: what is wrong with a Feature, or with a kind of shape, is told in its own words. */
export const checkedInBody: FastifySchemaCompiler<TSchema> = (route) =>
  route.httpPart === 'body' ? (data: unknown) => ({ value: data }) : validatorCompiler(route);

/** A zone to be drawn, from its fields or from a Feature. Throws a 400 that names what is wrong. */
export function readNewZone(body: unknown): AddZone {
  return checked(isFeature(body) ? fieldsOf(body) : body, checks.newZone);
}

/** What a zone is to be as a whole, from its fields or from a Feature; an id or a version in it is that of the zone read before. */
export function readWholeZone(body: unknown): Omit<AddZone, 'id'> {
  const { id: _id, version: _version, ...fields } = isFeature(body) ? fieldsOf(body) : object(body);
  return checked(fields, checks.whole);
}

export function readZoneChange(body: unknown): ZoneChange {
  return checked(body, checks.change);
}

function fieldsOf(feature: unknown): Record<string, unknown> {
  if (!checks.feature.Check(feature)) throw invalid('', checks.feature.Errors(feature));
  const fields = fieldsOfFeature(feature);
  if ('wrong' in fields) throw wrongFeature(String(fields.wrong));
  return fields;
}

interface Check {
  Check(value: unknown): boolean;
  Errors(value: unknown): Parameters<typeof invalid>[1];
}

function checked<T>(fields: unknown, check: Check): T {
  if (check.Check(fields)) return fields as T;
  const { shape } = object(fields);
  // Of the shape it wants to be, not of all that there are.
  const ofShape = shapeChecks.get(String(object(shape).type));
  if (ofShape?.Check(shape) === false) throw invalid('/shape', ofShape.Errors(shape));
  throw invalid('', check.Errors(fields));
}

function isFeature(body: unknown): body is { type: 'Feature' } {
  return object(body).type === 'Feature';
}

function object(body: unknown): Record<string, unknown> {
  return typeof body === 'object' && body !== null && !Array.isArray(body) ? (body as Record<string, unknown>) : {};
}

function wrongFeature(wrong: string): Problem {
  const [field = '', message = ''] = wrong.split(': ');
  const path = `/${field.replaceAll('.', '/')}`;
  const reason = why('zone-file', { where: path, message });
  return new Problem(400, 'invalid', reason, { errors: [{ path, rule: 'geojson', message, ...reason }] });
}
