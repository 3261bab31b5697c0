import type { ConsoleParts } from '../../console-context.ts';
import { words } from '../../words.ts';

/** So far the pointer moves before it is a drag and no click, px. */
const slack = 6;
/** So long orders are held over the tab of the vans before they come, ms. */
const springsAfter = 350;

/** What the pointer is over while orders are dragged. */
interface Target {
  vanId: string;
  /** to be marked; absent: the map marks nothing */
  element?: HTMLElement;
}

/**
 * Watches a press on a line of the board: once the pointer has moved, the orders hang on it, and letting go over a van
 * (in the list, on its card, on the map) assigns them. Escape lets them go. With a finger one scrolls instead.
 *
 * `taken` is asked what is dragged, once it is a drag.
 */
export function watchForDrag(parts: ConsoleParts, press: PointerEvent, taken: () => readonly string[]): void {
  if (press.button !== 0 || press.pointerType === 'touch') return;
  const { store, world, changes } = parts.console;
  const before = store.getState().panel;
  let ids: readonly string[] = [];
  let image: HTMLElement | undefined;
  let target: Target | undefined;
  let spring: ReturnType<typeof setTimeout> | undefined;
  let held: string | undefined;

  const begin = () => {
    ids = taken();
    if (ids.length === 0) return end();
    image = document.createElement('div');
    image.className = 'drag-image';
    image.setAttribute('aria-hidden', 'true');
    image.append(document.createElement('strong'), document.createElement('span'));
    document.body.append(image);
    document.documentElement.dataset.dragging = 'orders';
  };
  const move = (event: PointerEvent) => {
    if (image === undefined) {
      if (Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) < slack) return;
      begin();
      if (image === undefined) return;
    }
    event.preventDefault();
    const under = document.elementFromPoint(event.clientX, event.clientY);
    holdOver(under?.closest<HTMLElement>('[data-tab]')?.dataset.tab);
    aim(targetAt(parts, under, event));
    image.style.transform = `translate(${event.clientX + 14}px, ${event.clientY + 10}px)`;
  };
  const holdOver = (tab: string | undefined) => {
    if (tab === held) return;
    held = tab;
    clearTimeout(spring);
    if (tab !== 'vans' && tab !== 'orders') return;
    spring = setTimeout(() => store.setState({ panel: tab }), springsAfter);
  };
  const aim = (next: Target | undefined) => {
    target?.element?.removeAttribute('data-drop');
    target = next;
    target?.element?.setAttribute('data-drop', 'true');
    const [title, more] = image?.children ?? [];
    const [only] = ids;
    const consumerId = ids.length === 1 && only !== undefined ? world.orders.get(only)?.order.consumerId : undefined;
    const name = consumerId === undefined ? undefined : world.consumers.get(consumerId)?.consumer.name;
    if (title) title.textContent = name ?? words.orders.dragMany(ids.length);
    const van = next === undefined ? undefined : (world.vans.get(next.vanId)?.van.name ?? next.vanId);
    if (more) more.textContent = van === undefined ? words.orders.dropHint : words.orders.dropOn(van);
    if (image !== undefined) image.dataset.over = String(next !== undefined);
  };
  const drop = () => {
    const vanId = target?.vanId;
    const isDrag = image !== undefined;
    end();
    if (isDrag && vanId !== undefined) void changes.assign(ids, vanId);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || image === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    end();
  };
  const end = () => {
    clearTimeout(spring);
    target?.element?.removeAttribute('data-drop');
    if (image !== undefined && store.getState().panel !== before) store.setState({ panel: before });
    image?.remove();
    image = undefined;
    delete document.documentElement.dataset.dragging;
    window.removeEventListener('pointermove', move);
    window.removeEventListener('pointerup', drop);
    window.removeEventListener('pointercancel', end);
    window.removeEventListener('keydown', onKey, true);
  };
  window.addEventListener('pointermove', move);
  window.addEventListener('pointerup', drop);
  window.addEventListener('pointercancel', end);
  window.addEventListener('keydown', onKey, true);
}

function targetAt({ scene }: ConsoleParts, under: Element | null, event: PointerEvent): Target | undefined {
  const element = under?.closest<HTMLElement>('[data-van-id], [data-drop-van]');
  const vanId = element?.dataset.vanId ?? element?.dataset.dropVan;
  if (element && vanId !== undefined) return { vanId, element };
  const map = under?.closest('.map');
  if (!map) return undefined;
  const { left, top } = map.getBoundingClientRect();
  const van = scene.vanUnder(event.clientX - left, event.clientY - top);
  return van && { vanId: van.van.id };
}
