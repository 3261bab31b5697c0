import type { ConsumerState, OrderAge } from '../world/consumer-orders.ts';
import { drawnAtlas, type MarkAtlas } from './mark-atlas.ts';
import type { Colours } from './surface.ts';

/**
 * The marks of consumers by what their order is at, each a form of its own: booked an empty circle, assigned a diamond,
 * out for delivery a triangle, delivered a disc with a tick, failed a square with a cross; who shares the own position
 * without an order is a dot in a ring. An order that is due soon wears three dashes of a ring around it, a late one the
 * whole ring: the form tells what the colour tells.
 */
export type ConsumerMark = ConsumerState | 'sharing';

const marks: readonly ConsumerMark[] = ['booked', 'assigned', 'out-for-delivery', 'delivered', 'failed', 'sharing'];
const ages: readonly OrderAge[] = ['fresh', 'soon', 'late'];

/** Also for lists and legends. */
const consumerColours: Record<ConsumerMark, string> = {
  booked: '#5f6b7a',
  assigned: '#7c3aed',
  'out-for-delivery': '#1f6feb',
  delivered: '#14875a',
  failed: '#c92a2a',
  sharing: '#0b7285',
};
const ageColours: Record<Colours, Record<'soon' | 'late', string>> = {
  light: { soon: '#e08700', late: '#d92d20' },
  dark: { soon: '#ffb52e', late: '#ff6258' },
};

/** Side of a mark's cell in the picture, px. */
const cell = 96;
const middle = cell / 2;
/** The part of its cell that a mark without a ring fills, so that one size fits all. */
export const bodyPart = 44 / cell;

/** The cell of the picture for a consumer. */
export function consumerCell(mark: ConsumerMark, age: OrderAge): number {
  return ages.indexOf(age) * marks.length + marks.indexOf(mark);
}

/** Draws all marks for light or dark ground. */
export function drawConsumerMarks(colours: Colours): MarkAtlas {
  const picture = document.createElement('canvas');
  picture.width = cell * marks.length;
  picture.height = cell * ages.length;
  const art = picture.getContext('2d', { willReadFrequently: true });
  if (art !== null) {
    ages.forEach((age, row) => {
      marks.forEach((mark, column) => {
        art.save();
        art.translate(column * cell + middle, row * cell + middle);
        if (age !== 'fresh') ring(art, ageColours[colours][age], age);
        body(art, mark, colours);
        art.restore();
      });
    });
  }
  return drawnAtlas(picture, marks.length, ages.length);
}

function ring(art: CanvasRenderingContext2D, colour: string, age: 'soon' | 'late'): void {
  art.save();
  art.lineWidth = age === 'late' ? 8 : 7;
  art.strokeStyle = colour;
  art.shadowColor = 'rgba(10, 20, 40, 0.35)';
  art.shadowBlur = 3;
  // Three dashes and three gaps around a circle of radius 37.
  if (age === 'soon') art.setLineDash([(2 * Math.PI * 37) / 6]);
  art.beginPath();
  art.arc(0, 0, 37, -Math.PI / 2 - 0.52, 1.5 * Math.PI - 0.52);
  art.stroke();
  art.restore();
}

function body(art: CanvasRenderingContext2D, mark: ConsumerMark, colours: Colours): void {
  const paper = colours === 'dark' ? '#14181f' : '#ffffff';
  const shape = outline(mark);
  art.save();
  art.shadowColor = 'rgba(10, 20, 40, 0.4)';
  art.shadowBlur = 5;
  art.lineJoin = 'round';
  art.lineWidth = 8;
  art.strokeStyle = paper;
  art.stroke(shape);
  art.restore();
  art.lineJoin = 'round';
  art.lineCap = 'round';
  if (mark === 'booked' || mark === 'sharing') {
    art.fillStyle = paper;
    art.fill(shape);
    art.lineWidth = mark === 'booked' ? 8 : 5;
    art.strokeStyle = colours === 'dark' && mark === 'booked' ? '#a9b4c2' : consumerColours[mark];
    art.stroke(shape);
  } else {
    art.fillStyle = consumerColours[mark];
    art.fill(shape);
  }
  sign(art, mark);
}

function outline(mark: ConsumerMark): Path2D {
  const shape = new Path2D();
  switch (mark) {
    case 'assigned':
      shape.moveTo(0, -23);
      for (const [x, y] of [
        [23, 0],
        [0, 23],
        [-23, 0],
      ] as const) {
        shape.lineTo(x, y);
      }
      shape.closePath();
      break;
    case 'out-for-delivery':
      shape.moveTo(0, -23);
      shape.lineTo(23, 17);
      shape.lineTo(-23, 17);
      shape.closePath();
      break;
    case 'failed':
      shape.roundRect(-19, -19, 38, 38, 4);
      break;
    default:
      shape.arc(0, 0, 19, 0, 2 * Math.PI);
  }
  return shape;
}

function sign(art: CanvasRenderingContext2D, mark: ConsumerMark): void {
  art.strokeStyle = '#ffffff';
  art.lineWidth = 6;
  art.beginPath();
  if (mark === 'delivered') {
    art.moveTo(-9, 0);
    art.lineTo(-2, 8);
    art.lineTo(10, -8);
  } else if (mark === 'failed') {
    art.moveTo(-9, -9);
    art.lineTo(9, 9);
    art.moveTo(9, -9);
    art.lineTo(-9, 9);
  }
  art.stroke();
  if (mark !== 'sharing') return;
  art.fillStyle = consumerColours.sharing;
  art.beginPath();
  art.arc(0, 0, 9, 0, 2 * Math.PI);
  art.fill();
}
