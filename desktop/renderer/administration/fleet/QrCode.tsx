import { useMemo } from 'react';
import { encode } from 'uqr';

/** A code for a phone's camera, drawn here: what stands in it is a secret and goes to nobody. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    // A screen is clean: the least correction gives the largest squares. Cameras want four of them white around it.
    const code = encode(text, { ecc: 'L', border: 4 });
    const squares = code.data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : [])));
    return { size: code.size, path: squares.join('') };
  }, [text]);
  return (
    <svg className="qr-code" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} className="qr-ground" />
      <path d={path} className="qr-dots" />
    </svg>
  );
}
