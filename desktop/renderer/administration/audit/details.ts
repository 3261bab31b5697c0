/** What an event says beside what it is about, in one line: `name Yard, rules enter true`. */
export function detailsOf(data: Record<string, unknown>): string {
  return Object.entries(data)
    .filter(([name]) => name !== 'id')
    .map(([name, value]) => `${name}: ${shown(value)}`)
    .join(', ');
}

function shown(value: unknown): string {
  if (Array.isArray(value)) return value.length > 5 ? `[${value.length}]` : `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${detailsOf(value as Record<string, unknown>)}}`;
}
