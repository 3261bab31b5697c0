import { Button } from '@mantine/core';
import { Component, lazy, type ReactNode, Suspense, useEffect } from 'react';
import { useConsole, useParts } from '../console-context.ts';
import { words } from '../words.ts';
import { followAddress } from './address.ts';

const Administration = lazy(() => import('./Administration.tsx'));

/** The administration in the window, in place of the desk. It comes over the network when it is first wanted. */
export function AdministrationScreen() {
  const { console } = useParts();
  const isOpen = useConsole((state) => state.screen === 'administration');
  useEffect(() => followAddress(console.store, window), [console]);
  if (!isOpen) return null;
  return (
    <LoadedOrNot>
      <Suspense fallback={<div className="administration-wait" role="status" aria-label={words.top.administration} />}>
        <Administration />
      </Suspense>
    </LoadedOrNot>
  );
}

/** A piece of the console that does not come, as without network or after an update of the daemon. */
export class LoadedOrNot extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError() {
    return { failed: true };
  }
  override render() {
    if (!this.state.failed) return this.props.children;
    return (
      <main className="administration-wait" role="alert">
        <p>{words.top.pieceMissing}</p>
        <Button variant="default" onClick={() => window.location.reload()}>
          {words.top.loadAgain}
        </Button>
      </main>
    );
  }
}
