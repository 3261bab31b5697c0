/** Several marks so near to one another on the screen that one is drawn for all. */
export interface Group {
  /** rows of the caller's columns */
  rows: number[];
  /** the middle of them, in the caller's units */
  x: number;
  y: number;
}

interface Cell extends Group {
  column: number;
  line: number;
  taken: boolean;
}

/** Lines of the grid are told from columns by this factor: more than any world has columns. */
const apart = 2 ** 26;

/**
 * Groups points that lie within `radius` of the middle of others. The grid is that of the world and not of the screen,
 * so that moving the map regroups nothing; fuller cells come first and take in what lies near in the cells around them.
 * Points that stay alone are in no group. 10,000 points take about a millisecond.
 */
export function groupNear(
  x: Float64Array,
  y: Float64Array,
  radius: number,
  isWanted: (row: number) => boolean,
): Group[] {
  const cells = new Map<number, Cell>();
  for (let row = 0; row < x.length; row++) {
    if (!isWanted(row)) continue;
    const [px, py] = [x[row] ?? 0, y[row] ?? 0];
    const [column, line] = [Math.floor(px / radius), Math.floor(py / radius)];
    const key = column * apart + line;
    const cell = cells.get(key);
    if (cell === undefined) {
      cells.set(key, { rows: [row], x: px, y: py, column, line, taken: false });
      continue;
    }
    const n = cell.rows.push(row);
    cell.x += (px - cell.x) / n;
    cell.y += (py - cell.y) / n;
  }
  const groups: Group[] = [];
  const inOrder = [...cells.values()].sort((a, b) => b.rows.length - a.rows.length || a.x - b.x || a.y - b.y);
  for (const cell of inOrder) {
    if (cell.taken) continue;
    cell.taken = true;
    const { x: middleX, y: middleY } = cell;
    for (let column = cell.column - 1; column <= cell.column + 1; column++) {
      for (let line = cell.line - 1; line <= cell.line + 1; line++) {
        const near = cells.get(column * apart + line);
        if (near === undefined || near.taken) continue;
        if ((near.x - middleX) ** 2 + (near.y - middleY) ** 2 > radius ** 2) continue;
        near.taken = true;
        take(cell, near);
      }
    }
    if (cell.rows.length > 1) groups.push({ rows: cell.rows, x: cell.x, y: cell.y });
  }
  return groups;
}

function take(cell: Cell, near: Cell): void {
  const part = near.rows.length / (cell.rows.length + near.rows.length);
  cell.x += (near.x - cell.x) * part;
  cell.y += (near.y - cell.y) * part;
  for (const row of near.rows) cell.rows.push(row);
}
