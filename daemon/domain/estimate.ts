import type { Span } from './stop-times.ts';

/**
 * From what a van has still to do, to when it will be where. Each piece of it (a leg, a stop) is a length of time with
 * a mean and a variance. Their sum is taken for log-normal: never negative, skewed to late, as runs are. Whatever is
 * wrong about all legs, or all stops, of a day alike (rain, a slow pair of hands) does not average out over a long way,
 * so it enters with the square of their sum. No randomness anywhere: the same input gives the same range.
 */
export interface Ahead {
  /** mean ms of driving and of standing at doors */
  driving: number;
  standing: number;
  /** ms², of what is independent from piece to piece */
  variance: number;
}

/** What is uncertain about all pieces alike, and what happens on the way beside them. */
export interface Common {
  /** deviations of the factors on all driving, and on all stops */
  driving: number;
  standing: number;
  /** halts on the way: ms per ms, and ms² per ms */
  pauses: number;
  pausesSpread: number;
}

/** A range of times, UTC ms. */
export interface Range {
  from: number;
  until: number;
  likely: number;
}

/** The quantiles the range lies between. Sums of skewed pieces are a little wider than their moments say. */
const low = 0.08;
const high = 0.91;
const lowZ = normalQuantile(low);
const highZ = normalQuantile(high);

/** One length of time for all that lies ahead. */
export function total({ driving, standing, variance }: Ahead, common: Common): Span {
  const sum = driving + standing;
  return {
    mean: sum * (1 + common.pauses),
    variance:
      variance + sum * common.pausesSpread + (common.driving * driving) ** 2 + (common.standing * standing) ** 2,
  };
}

/**
 * When something comes that takes `span` from `since` on. With old news also `rest`: what it takes from `now` on, knowing
 * what has not happened until then. It may have gone on as expected all the while, or not at all; the range holds both,
 * so it widens with the age of the news.
 */
export function rangeOf(span: Span, since: number, rest: Span | undefined, now: number): Range {
  const { mu, sigma } = logNormal(span);
  const from = Math.max(now, since + Math.exp(mu + lowZ * sigma));
  let until = Math.max(from, since + Math.exp(mu + highZ * sigma));
  let middle = Math.max(now, since + Math.exp(mu));
  if (rest !== undefined) {
    const held = logNormal(rest);
    until = Math.max(until, now + Math.exp(held.mu + highZ * held.sigma));
    middle = (middle + now + Math.exp(held.mu)) / 2;
  }
  return { from: Math.round(from), until: Math.round(until), likely: Math.round(clamp(middle, from, until)) };
}

/** The log-normal distribution with these moments. */
export function logNormal({ mean, variance }: Span): { mu: number; sigma: number } {
  const least = Math.max(mean, 1);
  const squared = Math.log1p(variance / (least * least));
  return { mu: Math.log(least) - squared / 2, sigma: Math.sqrt(squared) };
}

/**
 * What is left of a length of time of which `elapsed` ms have passed already without its end. Of skewed times the rest
 * grows with what has passed: who has stood for twenty minutes is not just about to leave.
 */
export function residual(span: Span, elapsed: number): Span {
  if (elapsed <= 0) return span;
  const { mu, sigma } = logNormal(span);
  const z = (Math.log(elapsed) - mu) / Math.max(sigma, 1e-6);
  const left = normalCdf(-z);
  // So far out the tail says nothing reliable: as long again, give or take as much.
  if (left < 1e-4) return { mean: elapsed / 2, variance: (elapsed / 2) ** 2 };
  const first = (Math.exp(mu + (sigma * sigma) / 2) * normalCdf(sigma - z)) / left;
  const second = (Math.exp(2 * mu + 2 * sigma * sigma) * normalCdf(2 * sigma - z)) / left;
  const mean = Math.max(1, first - elapsed);
  return { mean, variance: Math.max(0, second - first * first) };
}

export function plus(a: Span, b: Span): Span {
  return { mean: a.mean + b.mean, variance: a.variance + b.variance };
}

/** Zelen and Severo's rational approximation (Abramowitz and Stegun 26.2.17), right to 7.5e-8. */
export function normalCdf(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const density = 0.3989422804014327 * Math.exp((-x * x) / 2);
  const tail =
    density * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return x >= 0 ? 1 - tail : tail;
}

/** The value below which a part p of a normal distribution lies, by bisection: it is asked for constants only. */
export function normalQuantile(p: number): number {
  let below = -10;
  let above = 10;
  for (let i = 0; i < 60; i++) {
    const middle = (below + above) / 2;
    if (normalCdf(middle) < p) below = middle;
    else above = middle;
  }
  return (below + above) / 2;
}

function clamp(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
