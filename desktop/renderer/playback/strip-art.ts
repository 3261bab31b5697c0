import type { Stretch } from '../../shared/bridge.ts';
import { bandOf } from '../trail/trail-shapes.ts';
import type { PlayedVan } from './load-van.ts';
import { peaks } from './strip.ts';

/** The colours a strip is painted in. */
interface StripInk {
  stop: string;
  silence: string;
  /** of a band of speed */
  speed: (band: number) => string;
}

interface Strip {
  van: PlayedVan;
  period: Stretch;
  /** km/h at the upper edge */
  limit: number;
  ink: StripInk;
}

/** Height of the lane of stops, part of the strip. */
const lane = 0.2;

/** Paints speed over time, stops as blocks below it, dead zones hatched. */
export function paintStrip(canvas: HTMLCanvasElement, { van, period, limit, ink }: Strip): void {
  const scale = window.devicePixelRatio || 1;
  const { clientWidth, clientHeight } = canvas;
  canvas.width = Math.round(clientWidth * scale);
  canvas.height = Math.round(clientHeight * scale);
  const art = canvas.getContext('2d');
  if (art === null || clientWidth === 0) return;
  art.scale(scale, scale);
  const x = (time: number) => ((time - period.from) / (period.to - period.from)) * clientWidth;
  const laneTop = Math.round(clientHeight * (1 - lane));
  const block = ({ from, to }: Stretch) => {
    const left = x(Math.max(from, period.from));
    return [left, Math.max(1.5, x(Math.min(to, period.to)) - left)] as const;
  };
  const columns = peaks(van.trail, period, Math.floor(clientWidth));
  columns.forEach((speed, column) => {
    if (Number.isNaN(speed) || speed <= 0) return;
    const height = Math.max(1, Math.min(1, speed / limit) * (laneTop - 3));
    art.fillStyle = ink.speed(bandOf(speed));
    art.fillRect(column, laneTop - 1 - height, 1, height);
  });
  art.fillStyle = ink.stop;
  for (const fact of van.facts) {
    if (fact.kind !== 'stop') continue;
    const [left, width] = block(fact);
    art.fillRect(left, laneTop + 1, width, clientHeight - laneTop - 1);
  }
  for (const silence of van.trail.silences) {
    if (silence.hasMoved) hatch(art, ...block(silence), clientHeight, ink.silence);
  }
}

function hatch(art: CanvasRenderingContext2D, left: number, width: number, height: number, colour: string): void {
  art.save();
  art.beginPath();
  art.rect(left, 0, width, height);
  art.clip();
  art.clearRect(left, 0, width, height);
  art.strokeStyle = colour;
  art.lineWidth = 1.3;
  art.beginPath();
  for (let at = left - height; at < left + width; at += 6) {
    art.moveTo(at, height);
    art.lineTo(at + height, 0);
  }
  art.stroke();
  art.restore();
}
