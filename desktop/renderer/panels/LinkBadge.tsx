import type { LinkState } from '../../../protocol/feed-client.ts';
import { useConsole, useNow, useParts, useZone } from '../console-context.ts';
import { ago, timeSince } from '../format.ts';
import { language, words } from '../words.ts';

/** The state of the link in words: what the badge, the banner and the window's title say. */
export function linkText(link: LinkState, now: number, zone: string): string {
  switch (link.kind) {
    case 'offline':
      return words.link.offlineSince(timeSince(link.since, now, zone));
    default:
      return words.link[link.kind];
  }
}

/** Seconds until the next try, while there is one to wait for. */
function secondsToRetry(link: LinkState, ownNow: number): number | undefined {
  return link.kind === 'offline' || link.kind === 'refused'
    ? Math.max(0, Math.ceil((link.retryAt - ownNow) / 1000))
    : undefined;
}

/** In the top bar: whether what is shown is true now. */
export function LinkBadge() {
  const link = useConsole((state) => state.link);
  const zone = useZone();
  const now = useNow();
  const { console } = useParts();
  const { newestFix } = console.world;
  const text = linkText(link, now, zone);
  const seconds = secondsToRetry(link, Date.now());
  return (
    <div className="link" data-link={link.kind} data-testid="link">
      <span className="link-dot" aria-hidden="true" />
      {/* Only the state itself is announced: a countdown read aloud each second would drown everything else. */}
      <span role="status" aria-live="polite" className="link-text">
        {text}
      </span>
      {link.kind === 'live' && newestFix !== undefined && (
        <span className="link-more">{words.link.liveDelay(ago(newestFix, now))}</span>
      )}
      {seconds !== undefined && <span className="link-more">{words.link.retryIn(seconds)}</span>}
    </div>
  );
}

/** Over the map while the link is not live: what is seen is old, and why. */
export function LinkBanner() {
  const link = useConsole((state) => state.link);
  const loaded = useConsole((state) => state.loaded);
  const picture = useConsole((state) => state.picture);
  const zone = useZone();
  const now = useNow();
  // The first load says so in the list; here it would only flash.
  if (link.kind === 'live' || (link.kind === 'catching-up' && !loaded)) return null;
  const seconds = secondsToRetry(link, Date.now());
  return (
    <div className="banner" data-link={link.kind}>
      <strong>{linkText(link, now, zone)}</strong>
      {link.kind === 'connecting' && <span>{words.link.connectingNote}</span>}
      {link.kind === 'catching-up' && <span>{words.link.catchingUpNote}</span>}
      {picture !== undefined && (
        <span data-testid="picture">{words.link.pictureNote(timeSince(picture, now, zone), ago(picture, now))}</span>
      )}
      {link.kind === 'offline' && loaded && picture === undefined && <span>{words.link.staleNote}</span>}
      {link.kind === 'offline' && link.detail !== undefined && language === 'en' && (
        <span className="quiet">{link.detail}</span>
      )}
      {link.kind === 'refused' && <span className="quiet">{words.link.refusedBy[link.code]}</span>}
      {link.kind === 'refused' && <span>{words.link.refusedNote}</span>}
      {seconds !== undefined && <span className="quiet retry">{words.link.retryIn(seconds)}</span>}
    </div>
  );
}
