import { Button, Modal } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { sharedWords } from '../words/shared.ts';
import { spoken } from '../words/spoken.ts';
import { troubleOf } from './problem.ts';

/** Something that is done apart from the page; the focus stays in it, and goes back where it was. */
export function Dialog(props: {
  title: string;
  close: () => void;
  children: ReactNode;
  size?: 'sm' | 'md' | 'lg' | 'xl';
}) {
  return (
    <Modal
      opened
      onClose={props.close}
      title={props.title}
      size={props.size ?? 'md'}
      closeButtonProps={{ 'aria-label': spoken(sharedWords).close }}
      // The page itself does not scroll; locking it would need a style element.
      lockScroll={false}
      classNames={{ content: 'administration-dialog', title: 'dialog-title' }}
      transitionProps={{ duration: 0 }}
      centered
    >
      {props.children}
    </Modal>
  );
}

/** Asks before something that cannot be taken back, and says what it will do. */
export function Confirm(props: {
  title: string;
  children: ReactNode;
  button: string;
  act: () => Promise<unknown>;
  done: () => void;
  close: () => void;
}) {
  const say = spoken(sharedWords);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const act = () => {
    setBusy(true);
    setProblem(undefined);
    props.act().then(
      () => props.done(),
      (error) => {
        setBusy(false);
        setProblem(troubleOf(error).text);
      },
    );
  };
  return (
    <Dialog title={props.title} close={props.close} size="sm">
      <div className="confirm">{props.children}</div>
      <p role="alert" className="form-problem">
        {problem}
      </p>
      <div className="form-buttons">
        <Button variant="default" onClick={props.close} data-autofocus>
          {say.cancel}
        </Button>
        <Button className="danger" loading={busy} onClick={act}>
          {props.button}
        </Button>
      </div>
    </Dialog>
  );
}
