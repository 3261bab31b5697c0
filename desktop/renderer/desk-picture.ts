import type { FeedMessage } from '../../protocol/feed-client.ts';
import type { Agency } from '../../protocol/registry.ts';
import type { Desk } from './desk.ts';

interface PictureShown {
  message: FeedMessage;
  agency: Agency;
  /** the daemon's clock when it was true, UTC ms */
  asOf: number;
}

/** Reads the last picture of the cache and shows it part by part, as long as `wanted`. */
export async function showPicture(
  desk: Pick<Desk, 'ask'>,
  wanted: () => boolean,
  show: (part: PictureShown) => void,
): Promise<void> {
  let after: string | undefined;
  do {
    const part = await desk.ask('cache.picture', { after });
    if (part === undefined || !wanted()) return;
    show({
      message: JSON.parse(part.message) as FeedMessage,
      agency: JSON.parse(part.agency) as Agency,
      asOf: part.asOf,
    });
    after = part.next;
  } while (after !== undefined);
}
