import type { Edge, Network } from './junctions.ts';
import type { Course, StreetClass } from './main-roads.ts';
import type { StreetNames } from './names.ts';
import { lengthOf, type Point } from './plane.ts';

/** A street with a name: stretches of one course, one after the other. */
export interface Street {
  name: string;
  class: StreetClass;
  /** m, kerb to kerb */
  width: number;
  /** indices into the network's edges, in order */
  edges: number[];
  line: Point[];
  length: number;
}

const widths: Record<StreetClass, number> = { main: 15, secondary: 9, lane: 5 };
/** A lane takes another name where it has crossed a larger street and has run this far, m. */
const lanesChangeAfter = 140;

/** Joins the stretches of each course to streets and names them. */
export function makeStreets(network: Network, courses: readonly Course[], names: StreetNames): Street[] {
  const large = new Set<number>();
  for (const edge of network.edges) {
    if (edge.class !== 'lane') {
      large.add(edge.from);
      large.add(edge.to);
    }
  }
  const byCourse = new Map<number, number[]>();
  network.edges.forEach((edge, index) => {
    const list = byCourse.get(edge.course);
    if (list) list.push(index);
    else byCourse.set(edge.course, [index]);
  });
  const streets: Street[] = [];
  for (const [courseIndex, indices] of byCourse) {
    const course = courses[courseIndex];
    if (!course) continue;
    let run: number[] = [];
    let metres = 0;
    const finish = () => {
      if (run.length > 0) streets.push(made(run, network.edges, course, names));
      run = [];
      metres = 0;
    };
    const sorted = indices.sort((a, b) => (network.edges[a]?.start ?? 0) - (network.edges[b]?.start ?? 0));
    for (const index of sorted) {
      const edge = network.edges[index] as Edge;
      const before = network.edges[run[run.length - 1] ?? -1];
      const broken = before !== undefined && before.to !== edge.from;
      if (broken || (edge.class === 'lane' && metres > lanesChangeAfter && large.has(edge.from))) finish();
      run.push(index);
      metres += edge.length;
    }
    finish();
  }
  return streets;
}

function made(run: number[], edges: readonly Edge[], course: Course, names: StreetNames): Street {
  const line: Point[] = [];
  for (const index of run) line.push(...(edges[index] as Edge).line.slice(line.length === 0 ? 0 : 1));
  const name = course.name ?? (course.class === 'lane' ? names.humble() : names.broad());
  return { name, class: course.class, width: widths[course.class], edges: run, line, length: lengthOf(line) };
}
