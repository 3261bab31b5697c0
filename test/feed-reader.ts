import { connectFeed } from '../protocol/feed-client.ts';

/** A console without a screen: what a daemon's feed tells it. */
export interface FeedReader {
  /** position updates received so far */
  positions(): number;
  /** longest time between two of them since the last call, ms */
  longestGap(): number;
  /** the newest fixTime received */
  newest(): number;
  close(): void;
}

/** Opens the feed of a daemon; resolves once it is live. `url` may be a function, for a daemon that changes. */
export async function openFeed(url: string | (() => string), token: string): Promise<FeedReader> {
  let count = 0;
  let newest = 0;
  let gap = 0;
  let last = performance.now();
  const { promise: live, resolve } = Promise.withResolvers<void>();
  const at = typeof url === 'string' ? () => url : url;
  const feed = connectFeed({
    url: () => `${at().replace(/^http/, 'ws')}/feed`,
    token: async () => token,
    format: 'binary',
    onState: ({ kind }) => {
      if (kind === 'live') resolve();
    },
    onMessage: (message) => {
      if (message.type !== 'frame') return;
      count += message.positions.length;
      for (const { fixTime } of message.positions) newest = Math.max(newest, fixTime);
      gap = Math.max(gap, performance.now() - last);
      last = performance.now();
    },
  });
  await live;
  return {
    positions: () => count,
    longestGap: () => {
      const longest = Math.max(gap, performance.now() - last);
      gap = 0;
      last = performance.now();
      return longest;
    },
    newest: () => newest,
    close: () => feed.close(),
  };
}
