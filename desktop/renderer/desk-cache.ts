import type { ConsoleDesk } from './console.ts';
import type { Desk } from './desk.ts';
import { deskFeed } from './desk-feed.ts';
import { showPicture } from './desk-picture.ts';
import { trailCache } from './trail/cached-trail.ts';
import type { World } from './world/world.ts';

/** Ties the console to the desktop app's cache: what the feed says goes in, pictures and trails come out. */
export function consoleDesk(desk: Desk, { world, now }: { world: World; now: () => number }): ConsoleDesk {
  const feed = deskFeed({ send: (batch) => desk.ask('cache.feed', batch), now, world, feeds: desk.state.feeds });
  desk.on('feeds', () => feed.begin());
  return {
    trails: trailCache(desk),
    picture: (wanted, show) => showPicture(desk, wanted, show),
    heard: (message) => feed.heard(message),
  };
}
