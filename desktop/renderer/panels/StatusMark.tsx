import type { VanStatus } from '../../../protocol/status.ts';

/** The marker of a status, small: the same shapes as on the map, so that colour is never the only sign. */
export function StatusMark({ status, size = 18 }: { status: VanStatus; size?: number }) {
  return (
    <svg
      className="status-mark"
      data-status={status}
      width={size}
      height={size}
      viewBox="-10 -10 20 20"
      aria-hidden="true"
      focusable="false"
    >
      {shapes[status]}
    </svg>
  );
}

const shapes: Record<VanStatus, React.ReactNode> = {
  moving: (
    <>
      <path className="body" d="M0-9.4 4-4.9A6.6 6.6 0 1 1-4-4.9Z" />
      <path className="sign" d="M0-3.4 2.8 3 0 1.7-2.8 3Z" />
    </>
  ),
  stopped: (
    <>
      <rect className="body" x="-7" y="-7" width="14" height="14" rx="3.6" />
      <rect className="sign" x="-2.6" y="-2.6" width="5.2" height="5.2" rx="0.8" />
    </>
  ),
  silent: (
    <>
      <circle className="rim" r="6.6" />
      <path className="stroke" d="M-2-1.9a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1.2M0 3.2v.2" />
    </>
  ),
  new: (
    <>
      <circle className="rim" r="6.6" />
      <path className="stroke" d="M-2.6 0h5.2" />
    </>
  ),
};
