export interface Feature {
  type: 'Feature';
  id?: string | number;
  geometry: object;
  properties: Record<string, unknown> | null;
}

/** The features of a GeoJSON text; undefined: it is none. What is wrong within one the daemon says. */
export function featuresIn(text: string): Feature[] | undefined {
  let value: { type?: unknown; features?: unknown } | null;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (value?.type === 'Feature') return [value as Feature];
  if (value?.type !== 'FeatureCollection' || !Array.isArray(value.features)) return undefined;
  return value.features as Feature[];
}

export function nameOf({ id, properties }: Feature): string | undefined {
  const name = properties?.name ?? properties?.id ?? id;
  return name === undefined || name === null ? undefined : String(name);
}
