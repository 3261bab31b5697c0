import type { LatLon } from '../../protocol/geo.ts';

/*
 * Encoded polylines (developers.google.com/maps/documentation/utilities/polylinealgorithm), with 5 or 6 decimals:
 *
 *   line    = (latitude longitude)*    each as the difference to the point before, times 10^decimals, rounded
 *   number  = zigzag: 2n, or −2n − 1 where n < 0
 *   zigzag  = chunk*                   5 bits each, the lowest first; + 32 when more follow; + 63 as a character
 */

/** Throws an Error where the text is no polyline of places on the globe. */
export function decodePolyline(text: string, decimals: 5 | 6): LatLon[] {
  const scale = 10 ** decimals;
  const points: LatLon[] = [];
  let at = 0;
  let latitude = 0;
  let longitude = 0;
  const number = (): number => {
    let zigzag = 0;
    for (let bit = 0; ; bit += 5) {
      const chunk = text.charCodeAt(at++) - 63;
      // 35 bits hold the longest difference, 360 degrees with 6 decimals
      if (!(chunk >= 0 && chunk < 64) || bit > 30) throw new Error(`no polyline: character ${at}`);
      zigzag += (chunk & 31) * 2 ** bit;
      if (chunk < 32) break;
    }
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  };
  while (at < text.length) {
    latitude += number();
    longitude += number();
    const point = { latitude: latitude / scale, longitude: longitude / scale };
    if (Math.abs(point.latitude) > 90 || Math.abs(point.longitude) > 180)
      throw new Error('a polyline beyond the globe');
    points.push(point);
  }
  return points;
}

export function encodePolyline(points: readonly LatLon[], decimals: 5 | 6): string {
  const scale = 10 ** decimals;
  let text = '';
  const number = (n: number) => {
    let zigzag = n < 0 ? -2 * n - 1 : 2 * n;
    while (zigzag >= 32) {
      text += String.fromCharCode((zigzag % 32) + 32 + 63);
      zigzag = Math.floor(zigzag / 32);
    }
    text += String.fromCharCode(zigzag + 63);
  };
  let latitude = 0;
  let longitude = 0;
  for (const point of points) {
    const [row, column] = [Math.round(point.latitude * scale), Math.round(point.longitude * scale)];
    number(row - latitude);
    number(column - longitude);
    [latitude, longitude] = [row, column];
  }
  return text;
}
