import 'leaflet/dist/leaflet.css';
import './map.css';
import {
  control,
  divIcon,
  type LatLngExpression,
  type Map as LeafletMap,
  latLngBounds,
  map as leafletMap,
  type Marker,
  marker,
  type Polyline,
  polyline,
} from 'leaflet';
import { baseLayer } from './base-layer.ts';
import { type Glide, glideAt, glideTo } from './glide.ts';
import { homeArt, personArt, stopArt, vanArt } from './marker-art.ts';

interface Place {
  latitude: number;
  longitude: number;
}
export interface Fix extends Place {
  fixTime: number;
  course?: number | undefined;
}
/** A stop of a driver's run. */
export interface Stop extends Place {
  id: string;
  number: number;
  /** it is over */
  done: boolean;
  next: boolean;
}

/** The names that screen readers and tips say. */
export interface MapNames {
  map: string;
  home: string;
  van: string;
}

const inView = { padding: [42, 42] as [number, number], maxZoom: 17 };

/** The map of a page: what it shows is told to it, piece by piece. */
export class PhoneMap {
  readonly #map: LeafletMap;
  readonly #names: MapNames;
  readonly #still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  readonly #lines = new Map<string, Polyline>();
  readonly #stops = new Map<string, Marker>();
  #people: Marker[] = [];
  #home: Marker | undefined;
  #van: Marker | undefined;
  #glide: Glide | undefined;
  #lastFix = 0;
  #frame = 0;
  #looking = false;
  /** whoever has moved the map wants it where he put it */
  #moved = false;

  constructor(element: HTMLElement, names: MapNames) {
    this.#names = names;
    const moving = { zoomAnimation: !this.#still, fadeAnimation: !this.#still, markerZoomAnimation: !this.#still };
    this.#map = leafletMap(element, { zoomControl: false, attributionControl: false, ...moving });
    control.zoom({ position: 'topright' }).addTo(this.#map);
    this.#map.on('dragstart', () => {
      this.#moved = true;
    });
    element.setAttribute('aria-label', names.map);
    element.setAttribute('role', 'application');
  }

  /** Draws the base map. Resolves when it is known; rejects when the daemon cannot be asked. */
  async open(): Promise<void> {
    const { layer, attribution } = await baseLayer(matchMedia('(prefers-color-scheme: dark)').matches);
    control.attribution({ prefix: false }).addAttribution(attribution).addTo(this.#map);
    layer?.addTo(this.#map);
    // Nothing to look at is known yet: the country, until something is.
    if (!this.#looking) this.#map.setView([22, 79], 4);
  }

  home(place: Place | undefined): void {
    if (place === undefined) {
      this.#home?.remove();
      this.#home = undefined;
      return;
    }
    this.#home ??= marker(latLng(place), {
      icon: artIcon(homeArt, 34),
      title: this.#names.home,
      alt: this.#names.home,
    });
    this.#home.setLatLng(latLng(place)).addTo(this.#map);
    this.fit();
  }

  /** The van's newest fix; undefined: it is not to be seen. */
  van(fix: Fix | undefined): void {
    if (fix === undefined) {
      cancelAnimationFrame(this.#frame);
      this.#van?.remove();
      this.#van = undefined;
      this.#glide = undefined;
      return;
    }
    const now = performance.now();
    const drawn = this.#glide === undefined ? undefined : glideAt(this.#glide, now);
    this.#glide = glideTo(drawn, fix, now, fix.fixTime - this.#lastFix, this.#still);
    this.#lastFix = fix.fixTime;
    if (this.#van === undefined) {
      this.#van = marker(latLng(fix), { icon: artIcon(vanArt, 40), title: this.#names.van, alt: this.#names.van });
      this.#van.setZIndexOffset(1000).addTo(this.#map);
      this.fit();
    }
    cancelAnimationFrame(this.#frame);
    this.#draw();
  }

  /** A path in a colour of its own: `road`, `own`. */
  line(name: string, points: readonly Place[]): void {
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = polyline([], { className: `line-${name}`, weight: 5, interactive: false });
      this.#lines.set(name, line);
      line.addTo(this.#map);
    }
    line.setLatLngs(points.map(latLng));
  }

  /** The stops of a run, each with its number. */
  stops(stops: readonly Stop[], choose: (id: string) => void): void {
    const named = new Set(stops.map(({ id }) => id));
    for (const [id, old] of this.#stops) {
      if (named.has(id)) continue;
      old.remove();
      this.#stops.delete(id);
    }
    for (const stop of stops) {
      const icon = artIcon(stopArt(stop), 36);
      const title = String(stop.number);
      const known = this.#stops.get(stop.id);
      if (known === undefined) {
        const made = marker(latLng(stop), { icon, title, alt: title });
        made.on('click', () => choose(stop.id));
        this.#stops.set(stop.id, made.addTo(this.#map));
      } else known.setIcon(icon).setLatLng(latLng(stop));
    }
    this.fit();
  }

  /** Where people are who share that. */
  people(places: readonly Place[]): void {
    for (const old of this.#people) old.remove();
    const icon = artIcon(personArt, 26);
    this.#people = places.map((place) => marker(latLng(place), { icon, interactive: false }).addTo(this.#map));
  }

  /** Brings everything into view, unless a person has moved the map. */
  fit(): void {
    if (this.#moved) return;
    const open = [...this.#stops.values()];
    const places = [this.#home, this.#van, ...open].flatMap((one) => (one === undefined ? [] : [one.getLatLng()]));
    const [only] = places;
    if (only === undefined) return;
    this.#looking = true;
    if (places.length === 1) this.#map.setView(only, 16, { animate: false });
    else this.#map.fitBounds(latLngBounds(places), { ...inView, animate: !this.#still });
  }

  /** The middle of the map; for a cross that is drawn above it. */
  middle(): Place {
    const { lat: latitude, lng: longitude } = this.#map.getCenter();
    return { latitude: Math.round(latitude * 1e6) / 1e6, longitude: Math.round(longitude * 1e6) / 1e6 };
  }

  /** Shows a place in the middle, near by. */
  look(place: Place): void {
    this.#moved = true;
    this.#looking = true;
    this.#map.setView(latLng(place), 18, { animate: !this.#still });
  }

  /** Its element has another size. */
  resized(): void {
    this.#map.invalidateSize();
  }

  close(): void {
    cancelAnimationFrame(this.#frame);
    this.#map.remove();
  }

  #draw(): void {
    const van = this.#van;
    if (van === undefined || this.#glide === undefined) return;
    const { done, course, ...place } = glideAt(this.#glide, performance.now());
    van.setLatLng(latLng(place));
    const art = van.getElement()?.firstElementChild;
    if (art instanceof SVGElement) art.style.transform = `rotate(${course.toFixed(1)}deg)`;
    if (!done) {
      this.#frame = requestAnimationFrame(() => this.#draw());
      return;
    }
    if (!this.#map.getBounds().contains(van.getLatLng())) this.fit();
  }
}

function latLng({ latitude, longitude }: Place): LatLngExpression {
  return [latitude, longitude];
}

function artIcon(html: string, size: number) {
  return divIcon({ html, className: 'marker', iconSize: [size, size], iconAnchor: [size / 2, size / 2] });
}
