import type { FeedMessage } from '../../../protocol/feed-client.ts';
import type { PicturePart } from '../../shared/bridge.ts';
import type { Things } from './things.ts';

const kinds = ['van', 'consumer', 'order', 'alert'] as const;
/** Things in a part: some milliseconds to read, to carry and to show. */
const partSize = 4000;
/** Numbers no daemon gives (its own have 24 bits), so that a subject of the picture is never taken for a live one. */
const firstIndex = 2 ** 24;

/**
 * The last picture, part by part, as the pages of a snapshot: vans first, so that they are on the screen while the
 * consumers still come. `after` says where the part before ended: `kind/page/id`.
 */
export function picturePart(
  things: Things,
  facts: { agency: string; asOf: number },
  after: string | undefined,
): PicturePart {
  const [kindText = 'van', pageText = '0', id = ''] = after?.split('/') ?? [];
  const kind = kinds.find((each) => each === kindText) ?? 'van';
  const page = Number(pageText);
  const { entries: rows, last } = things.page(kind, id, partSize);
  const entries = rows.map(({ thing, spot }, i) => ({
    index: firstIndex + page * partSize + i,
    [kind]: thing,
    ...(kind === 'van' || kind === 'consumer' ? { position: spot } : {}),
  }));
  const nextKind = last === undefined ? kinds[kinds.indexOf(kind) + 1] : kind;
  const next = nextKind === undefined ? undefined : `${nextKind}/${page + 1}/${last ?? ''}`;
  const message = {
    type: 'snapshot',
    cursor: '',
    page,
    last: next === undefined,
    vans: kind === 'van' ? entries : [],
    consumers: kind === 'consumer' ? entries : [],
    ...(kind === 'order' ? { orders: entries } : {}),
    ...(kind === 'alert' ? { alerts: entries } : {}),
  } as unknown as FeedMessage;
  return { message: JSON.stringify(message), agency: facts.agency, asOf: facts.asOf, next };
}
