import { Loader } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type KeyboardEvent, useEffect, useId, useState } from 'react';
import type { Address } from '../../../protocol/place.ts';
import { useParts } from '../console-context.ts';
import { words } from '../words.ts';

/** Nobody types faster than this and wants every answer in between, ms. */
const typingPause = 250;
/** Shorter texts fit everything. */
const shortest = 2;

type Found = { state: 'idle' | 'looking' | 'failed' } | { state: 'found'; items: readonly Address[] };

/** Finds an address and shows it on the map: own consumers and streets first, then places. */
export function AddressSearch() {
  const { console, scene } = useParts();
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found>({ state: 'idle' });
  const [active, setActive] = useState(0);
  const list = useId();

  useEffect(() => {
    const wanted = text.trim();
    if (wanted.length < shortest) {
      setFound({ state: 'idle' });
      return;
    }
    const asking = new AbortController();
    const timer = setTimeout(async () => {
      setFound((before) => (before.state === 'found' ? before : { state: 'looking' }));
      const [longitude, latitude] = scene.middle() ?? [];
      const near =
        longitude === undefined || latitude === undefined ? '' : `&latitude=${latitude}&longitude=${longitude}`;
      try {
        const path = `/api/geocode?q=${encodeURIComponent(wanted.slice(0, 200))}&limit=7${near}`;
        const { items } = (await console.session.read(path, asking.signal)) as { items: Address[] };
        setFound({ state: 'found', items });
        setActive(0);
      } catch {
        if (!asking.signal.aborted) setFound({ state: 'failed' });
      }
    }, typingPause);
    return () => {
      clearTimeout(timer);
      asking.abort();
    };
  }, [text, console, scene]);

  const items = found.state === 'found' ? found.items : [];
  const choose = (address: Address | undefined) => {
    if (address === undefined) return;
    scene.tools.setState({ found: address, tool: 'none' });
    scene.showPlace([address.longitude, address.latitude]);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === 'ArrowDown') setActive((at) => Math.min(items.length - 1, at + 1));
    else if (event.key === 'ArrowUp') setActive((at) => Math.max(0, at - 1));
    else if (event.key === 'Enter') choose(items[active]);
    else return;
    event.preventDefault();
  };

  return (
    <search className="tool-panel address" aria-label={words.mapTools.findAddress}>
      <div className="address-field">
        <input
          type="text"
          role="combobox"
          autoComplete="off"
          spellCheck={false}
          ref={(element) => element?.focus()}
          aria-label={words.mapTools.findAddress}
          aria-expanded={items.length > 0}
          aria-controls={list}
          aria-activedescendant={items.length > 0 ? `${list}-${active}` : undefined}
          placeholder={words.mapTools.addressPlaceholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onKeyDown={onKey}
        />
        {found.state === 'looking' && <Loader size={14} aria-label={words.mapTools.addressSearching} />}
        <button
          type="button"
          className="address-close"
          aria-label={words.van.close}
          onClick={() => scene.tools.setState({ tool: 'none' })}
        >
          <IconX size={16} aria-hidden="true" />
        </button>
      </div>
      <div id={list} role="listbox" aria-label={words.mapTools.addressResults} className="address-list">
        {items.map((address, i) => (
          // biome-ignore lint/a11y/useFocusableInteractive lint/a11y/useKeyWithClickEvents: the field keeps the focus and has the keys
          <div
            key={`${address.source} ${address.id ?? ''} ${address.text}`}
            id={`${list}-${i}`}
            role="option"
            aria-selected={i === active}
            onClick={() => choose(address)}
          >
            <span>{address.text}</span>
            <small>{[words.mapTools.source[address.source], address.attribution].filter(Boolean).join(' · ')}</small>
          </div>
        ))}
      </div>
      <p className="tool-hint" role="status">
        {found.state === 'failed' && words.mapTools.addressFailed}
        {found.state === 'found' && items.length === 0 && words.mapTools.addressNothing}
      </p>
    </search>
  );
}
