import type { OrderChanges } from '../../order-changes.ts';
import { words } from '../../words.ts';

/** Makes a link to an order's page and puts it where it can be pasted. It shows no delivery code: staff makes it. */
export async function copyLink(changes: OrderChanges, id: string): Promise<void> {
  const url = await changes.link(id);
  if (url === undefined) return;
  const copied = await navigator.clipboard.writeText(url).then(
    () => true,
    () => false,
  );
  // Where the clipboard is not to be had, the link can still be read and copied by hand.
  changes.say(
    copied ? { kind: 'done', text: words.order.linkCopied } : { kind: 'refused', text: words.order.linkMade(url) },
  );
}
