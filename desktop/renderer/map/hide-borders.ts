/**
 * Country borders are disputed in parts of India, and a public style draws one side's view. So every layer that could
 * draw a border between countries is left out. Layers that can only draw borders within a country (states, districts)
 * stay.
 */
interface StyleLayer {
  id: string;
  'source-layer'?: string;
  filter?: unknown;
}

/** The style without layers that could draw a border between countries. */
export function withoutCountryBorders<S extends { layers: readonly StyleLayer[] }>(style: S): S {
  return { ...style, layers: style.layers.filter((layer) => !mayDrawCountryBorder(layer)) };
}

export function mayDrawCountryBorder(layer: StyleLayer): boolean {
  const isBoundary =
    /bound|border|admin/i.test(layer['source-layer'] ?? '') || /boundar|border|admin-?\d/i.test(layer.id);
  // Some styles name the layer of labels or of buildings' outlines so; those come from other source layers.
  if (!isBoundary || /place|poi|label|building/i.test(layer['source-layer'] ?? '')) return false;
  // Mapbox counts levels from 0 in its source layer `admin`; schemas made from OpenStreetMap keep its 2 for countries.
  return matches(layer.filter, layer['source-layer'] === 'admin' ? 0 : 2) !== false;
}

/** Fields under which tile schemas keep the level of a border. */
const levelFields: ReadonlySet<string> = new Set(['admin_level', 'min_admin_level', 'level']);

/** Whether a filter lets a country border through: true, false, or undefined when other fields decide. */
function matches(filter: unknown, country: number): boolean | undefined {
  if (filter === undefined || filter === null) return true;
  if (typeof filter === 'boolean') return filter;
  if (!Array.isArray(filter)) return undefined;
  const [operator, ...rest] = filter as [unknown, ...unknown[]];
  switch (operator) {
    case 'all':
      return rest.reduce<boolean | undefined>((so, each) => and(so, matches(each, country)), true);
    case 'any':
      return rest.reduce<boolean | undefined>((so, each) => or(so, matches(each, country)), false);
    case 'none':
      return not(rest.reduce<boolean | undefined>((so, each) => or(so, matches(each, country)), false));
    case '!':
      return not(matches(rest[0], country));
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
      return compare(operator, numberOf(rest[0], country), numberOf(rest[1], country, true));
    case 'in':
    case '!in': {
      const level = numberOf(rest[0], country);
      if (level === undefined) return undefined;
      const list = rest.length === 2 && isLiteral(rest[1]) ? (rest[1][1] as unknown[]) : rest.slice(1);
      const found = Array.isArray(list) && list.some((each) => Number(each) === level);
      return operator === 'in' ? found : !found;
    }
    case 'match': {
      const level = numberOf(rest[0], country);
      if (level === undefined) return undefined;
      for (let i = 1; i + 1 < rest.length; i += 2) {
        const labels = Array.isArray(rest[i]) ? (rest[i] as unknown[]) : [rest[i]];
        if (labels.some((each) => Number(each) === level)) return matches(rest[i + 1], country);
      }
      return matches(rest[rest.length - 1], country);
    }
    default:
      return undefined;
  }
}

/** The number an operand stands for when the feature is a country border; undefined when that is not known. */
function numberOf(operand: unknown, country: number, isRight = false): number | undefined {
  if (typeof operand === 'number') return operand;
  if (typeof operand === 'string') {
    if (isRight) return operand.trim() !== '' && Number.isFinite(Number(operand)) ? Number(operand) : undefined;
    return levelOf(operand, country);
  }
  if (!Array.isArray(operand)) return undefined;
  if (operand[0] === 'get') return levelOf(String(operand[1]), country);
  if (operand[0] === 'to-number' || operand[0] === 'number' || operand[0] === 'coalesce')
    return numberOf(operand[1], country);
  return undefined;
}

function levelOf(field: string, country: number): number | undefined {
  return levelFields.has(field) ? country : undefined;
}

function isLiteral(operand: unknown): operand is ['literal', unknown] {
  return Array.isArray(operand) && operand[0] === 'literal';
}

function compare(operator: string, left: number | undefined, right: number | undefined): boolean | undefined {
  if (left === undefined || right === undefined) return undefined;
  switch (operator) {
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    default:
      return left >= right;
  }
}

function and(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === false || b === false) return false;
  return a === true && b === true ? true : undefined;
}

function or(a: boolean | undefined, b: boolean | undefined): boolean | undefined {
  if (a === true || b === true) return true;
  return a === false && b === false ? false : undefined;
}

function not(a: boolean | undefined): boolean | undefined {
  return a === undefined ? undefined : !a;
}
