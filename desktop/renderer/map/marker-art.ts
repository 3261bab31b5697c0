import type { VanKind } from '../../../protocol/registry.ts';
import type { VanStatus } from '../../../protocol/status.ts';
import { type DrawnAtlas, drawnAtlas } from './mark-atlas.ts';

/**
 * The markers, drawn once into one picture. A status differs by shape as well as by colour: moving is a disc with a
 * beak towards its course, stopped a rounded square, silent a hollow disc with a dashed rim. All point north;
 * deck.gl turns them.
 */
/** Colours of the statuses where they are drawn as bodies, on light and dark ground alike. */
const statusColours: Record<VanStatus, string> = {
  moving: '#1f6feb',
  stopped: '#14875a',
  silent: '#6b7482',
  new: '#6b7482',
};

/** The same for shaders. */
export const statusRgb = { moving: [31, 111, 235], stopped: [20, 135, 90], silent: [107, 116, 130] } as const;

/** Side of one marker's cell, px: about three times its size on the screen, so that it stays crisp. */
const cell = 144;
const middle = cell / 2;
const statuses = ['moving', 'stopped', 'silent'] as const;
const kinds = ['van', 'aircraft'] as const;

/** The cell of the picture that shows a van of this kind and status. */
export function markerCell(kind: VanKind, status: VanStatus): number {
  return kinds.indexOf(kind) * statuses.length + statuses.indexOf(status === 'new' ? 'silent' : status);
}

/** Where the cells lie in the picture, by their number, for deck.gl's own layer of icons. */
export const markerMapping = Object.fromEntries(
  Array.from({ length: kinds.length * statuses.length }, (_, i) => [
    i,
    {
      x: (i % statuses.length) * cell,
      y: Math.floor(i / statuses.length) * cell,
      width: cell,
      height: cell,
      anchorX: middle,
      anchorY: middle,
    },
  ]),
);

/** Draws all markers. */
export function drawMarkers(): DrawnAtlas {
  return drawnAtlas(drawPicture(), statuses.length, kinds.length);
}

function drawPicture(): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = cell * statuses.length;
  canvas.height = cell * kinds.length;
  // By the processor: the graphics card would be waited for, at a start before anything else is drawn.
  const art = canvas.getContext('2d', { willReadFrequently: true });
  if (art === null) return canvas;
  kinds.forEach((kind, row) => {
    statuses.forEach((status, column) => {
      art.save();
      art.translate(column * cell + middle, row * cell + middle);
      badge(art, status);
      const ink = status === 'silent' ? statusColours.silent : '#ffffff';
      const glass = status === 'silent' ? '#ffffff' : statusColours[status];
      if (kind === 'van') van(art, ink, glass);
      else aircraft(art, ink);
      art.restore();
    });
  });
  return canvas;
}

function badge(art: CanvasRenderingContext2D, status: (typeof statuses)[number]): void {
  const shape = new Path2D();
  if (status === 'moving') {
    // One outline: most of a circle, drawn out to a beak at the top.
    shape.arc(0, 0, 42, -Math.PI / 2 + 0.62, -Math.PI / 2 - 0.62 + 2 * Math.PI);
    shape.quadraticCurveTo(-12, -46, 0, -64);
    shape.quadraticCurveTo(12, -46, 42 * Math.sin(0.62), -42 * Math.cos(0.62));
    shape.closePath();
  } else if (status === 'stopped') {
    shape.roundRect(-39, -39, 78, 78, 20);
  } else {
    shape.arc(0, 0, 40, 0, 2 * Math.PI);
  }
  // The halo: a soft shadow, the same on all sides because it turns with the marker, and a white rim.
  art.save();
  art.shadowColor = 'rgba(10, 20, 40, 0.45)';
  art.shadowBlur = 9;
  art.lineJoin = 'round';
  art.lineWidth = 13;
  art.strokeStyle = '#ffffff';
  art.stroke(shape);
  art.restore();
  art.fillStyle = status === 'silent' ? '#ffffff' : statusColours[status];
  art.fill(shape);
  if (status === 'silent') {
    art.setLineDash([15.5, 9.6]);
    art.lineWidth = 7;
    art.strokeStyle = statusColours.silent;
    art.stroke(shape);
    art.setLineDash([]);
  }
}

/** A delivery van from above: short bonnet, windscreen, mirrors, and a long box with a roof edge. */
function van(art: CanvasRenderingContext2D, ink: string, glass: string): void {
  art.fillStyle = ink;
  art.beginPath();
  art.roundRect(-14, -31, 28, 60, [11, 11, 4, 4]);
  art.roundRect(-19.5, -17, 5, 7, 2);
  art.roundRect(14.5, -17, 5, 7, 2);
  art.fill();
  art.fillStyle = glass;
  art.beginPath();
  art.moveTo(-11, -19);
  art.quadraticCurveTo(0, -25.5, 11, -19);
  art.lineTo(9, -11.5);
  art.quadraticCurveTo(0, -14, -9, -11.5);
  art.closePath();
  art.fill();
  art.strokeStyle = glass;
  art.lineWidth = 2.6;
  art.beginPath();
  art.roundRect(-9.5, -5, 19, 29, 2.5);
  art.stroke();
}

function aircraft(art: CanvasRenderingContext2D, ink: string): void {
  art.fillStyle = ink;
  art.fill(
    new Path2D('M0-32c3 0 5 5 5 11v11l25 17v6L5 5v15l8 6v5l-13-4-13 4v-5l8-6V5l-25 8V7L-5-10v-11c0-6 2-11 5-11z'),
  );
}
