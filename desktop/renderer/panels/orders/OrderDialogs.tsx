import { Modal } from '@mantine/core';
import { useConsole, useParts } from '../../console-context.ts';
import type { OrderDialog } from '../../store.ts';
import { words } from '../../words.ts';
import { AssignForm } from './AssignForm.tsx';
import { BookForm } from './BookForm.tsx';
import { WhyForm } from './WhyForm.tsx';

/** What is asked before something is done with orders: which van, why, for whom. */
export function OrderDialogs() {
  const { store } = useParts().console;
  const dialog = useConsole((state) => state.orderDialog);
  const close = () => store.setState({ orderDialog: undefined });
  return (
    <Modal
      opened={dialog !== undefined}
      onClose={close}
      title={titleOf(dialog)}
      closeButtonProps={{ 'aria-label': words.van.close }}
      lockScroll={false}
      // The console's own Escape closes it: else the same key would close the card behind it as well.
      closeOnEscape={false}
      transitionProps={{ duration: 0 }}
      yOffset="12vh"
      size="md"
    >
      {dialog?.kind === 'assign' && <AssignForm ids={dialog.ids} close={close} />}
      {dialog?.kind === 'book' && <BookForm consumerId={dialog.consumerId} close={close} />}
      {(dialog?.kind === 'fail' || dialog?.kind === 'cancel') && (
        <WhyForm kind={dialog.kind} ids={dialog.ids} close={close} />
      )}
    </Modal>
  );
}

function titleOf(dialog: OrderDialog | undefined): string {
  switch (dialog?.kind) {
    case 'assign':
      return words.assign.title(dialog.ids.length);
    case 'fail':
      return words.why.failTitle;
    case 'cancel':
      return words.why.cancelTitle(dialog.ids.length);
    case 'book':
      return words.book.title;
    default:
      return '';
  }
}
