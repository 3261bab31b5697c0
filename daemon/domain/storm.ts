import type { AlertRules } from '../../protocol/alert-rules.ts';
import { saying } from '../../protocol/alert-text.ts';
import { type Condition, ruled } from './condition.ts';

/** An open alert about many vans. */
export interface Storm {
  /** UTC ms */
  cause: number;
  vanIds: readonly string[];
}

type Silent = Condition & { vanId: string; silence: NonNullable<Condition['silence']> };

/**
 * Folds silences that came together into one condition, and leaves out the single ones: when many vans fall silent
 * within minutes it is not the vans. A storm goes on while at least half as many of its vans are silent as it takes to
 * begin one; after that those that are still silent are told of by themselves.
 */
export function foldStorms(
  conditions: readonly Condition[],
  { storms, rules, vans, now }: { storms: readonly Storm[]; rules: AlertRules; vans: number; now: number },
): readonly Condition[] {
  const rule = rules['silent-many'];
  const silent = conditions.filter((condition) => isSilent(condition, now)).sort(byCause);
  const least = Math.max(rule.least, Math.ceil((vans * rule.sharePercent) / 100));
  if (!rule.on || silent.length < Math.min(least, lasting(rule.least))) return conditions;
  const window = rule.windowSeconds * 1000;
  const folded = new Set<Condition>();
  const found: Condition[] = [];
  const fold = (cause: number, members: readonly Silent[]) => {
    for (const member of members) folded.add(member);
    found.push(storm(cause, members, rules));
  };

  for (const { cause, vanIds } of storms) {
    const had = new Set(vanIds);
    const members = silent.filter((one) => !folded.has(one) && (had.has(one.vanId) || joins(one, cause, window)));
    if (members.length >= lasting(rule.least)) fold(cause, members);
  }
  let rest = silent.filter((one) => !folded.has(one) && now >= (one.notBefore ?? 0));
  for (let first = 0; first + least <= rest.length; first++) {
    const cause = rest[first]?.cause ?? 0;
    const members = rest.filter((one, i) => i >= first && one.cause <= cause + window);
    if (members.length < least) continue;
    fold(cause, members);
    rest = rest.filter((one) => !folded.has(one));
    first--;
  }
  if (folded.size === 0) return conditions;
  return [...conditions.filter((condition) => !folded.has(condition)), ...found];
}

/** What a storm that has begun may shrink to. */
function lasting(least: number): number {
  return Math.max(2, Math.ceil(least / 2));
}

function isSilent(condition: Condition, now: number): condition is Silent {
  return condition.kind === 'silent' && condition.silence !== undefined && now >= condition.from;
}

function byCause(a: Silent, b: Silent): number {
  return a.cause - b.cause || (a.vanId < b.vanId ? -1 : 1);
}

/** Whether the first fix that is missing falls into the beginning of the storm; who speaks seldom was heard before it. */
function joins({ cause, silence }: Silent, began: number, window: number): boolean {
  return cause <= began + window && cause + Math.max(window, 2 * (silence.interval ?? 0)) >= began;
}

function storm(cause: number, members: readonly Silent[], rules: AlertRules): Condition {
  const vanIds = members.map(({ vanId }) => vanId).sort();
  const carriers = new Set(members.map(({ silence }) => silence.carrier));
  const [carrier] = carriers;
  const said = { count: vanIds.length, since: cause };
  return {
    ...ruled(rules, 'silent-many'),
    subject: 'vans',
    cause,
    from: cause,
    continues: false,
    vanIds,
    saying:
      carriers.size === 1 && carrier !== undefined
        ? saying('silent-many-of', { ...said, carrier })
        : saying('silent-many', said),
  };
}
