import type { Layer } from '@deck.gl/core';
import { ScatterplotLayer, TextLayer } from '@deck.gl/layers';
import type { Cluster } from './fleet-groups.ts';
import { layerIds } from './layers.ts';
import { statusRgb } from './marker-art.ts';
import type { Colours } from './surface.ts';

type Rgba = [number, number, number, number];
const paper: Record<Colours, Rgba> = { light: [255, 255, 255, 245], dark: [23, 27, 34, 240] };
const ink: Record<Colours, Rgba> = { light: [28, 33, 42, 255], dark: [235, 239, 245, 255] };

const glsl = (status: keyof typeof statusRgb) =>
  `vec3(${statusRgb[status].map((part) => (part / 255).toFixed(4)).join(', ')})`;

/**
 * A disc with a ring whose arcs are the parts of each status, clockwise from the top. They differ in form as well as in
 * colour: moving is the full width of the ring, stopped half of it, silent is dashed.
 */
class RingsLayer extends ScatterplotLayer<Cluster> {
  static override layerName = 'RingsLayer';

  override getShaders() {
    const shaders = super.getShaders();
    return {
      ...shaders,
      inject: {
        ...shaders.inject,
        'vs:#decl': 'in vec2 instanceShares;\nout vec2 vShares;',
        'vs:#main-start': 'vShares = instanceShares;',
        'fs:#decl': 'in vec2 vShares;',
        'fs:DECKGL_FILTER_COLOR': `
  float far = length(geometry.uv);
  float soft = max(fwidth(far), 0.001);
  float turn = fract(atan(geometry.uv.x, -geometry.uv.y) / 6.28318531);
  vec3 arc = ${glsl('moving')};
  float inner = 0.72;
  float dash = 1.0;
  if (turn > vShares.x + vShares.y) {
    arc = ${glsl('silent')};
    dash = step(fract(turn * 22.0), 0.6);
    inner = 0.8;
  } else if (turn > vShares.x) {
    arc = ${glsl('stopped')};
    inner = 0.83;
  }
  float ring = smoothstep(inner - soft, inner + soft, far) * (1.0 - smoothstep(0.97 - soft, 0.97 + soft, far)) * dash;
  color.rgb = mix(color.rgb, arc, ring);
`,
      },
    };
  }

  override initializeState(): void {
    super.initializeState();
    this.getAttributeManager()?.addInstanced({
      instanceShares: { size: 2, accessor: 'getShares', defaultValue: [1, 0] },
    });
  }
}

/** px; grows with the number, so that the eye finds where the fleet is */
function radiusOf({ slots }: Cluster): number {
  return 15 + Math.min(13, Math.log2(slots.length) * 1.6);
}

function shortCount(n: number): string {
  return n < 1000 ? String(n) : `${(n / 1000).toFixed(n < 10_000 ? 1 : 0)}k`;
}

interface ClusterLook {
  clusters: Cluster[];
  colours: Colours;
  /** false while the link is down */
  live: boolean;
}

/** The clusters with their rings and numbers. */
export function clusterLayers({ clusters, colours, live }: ClusterLook): Layer[] {
  if (clusters.length === 0) return [];
  const opacity = live ? 1 : 0.55;
  const getShares = ({ slots, counts }: Cluster) => [counts.moving / slots.length, counts.stopped / slots.length];
  return [
    new RingsLayer({
      id: layerIds.clusters,
      data: clusters,
      opacity,
      getPosition: (cluster) => cluster.at,
      radiusUnits: 'pixels',
      getRadius: radiusOf,
      getFillColor: paper[colours],
      pickable: true,
      autoHighlight: false,
      updateTriggers: { getFillColor: colours },
      ...{ getShares },
    }),
    new TextLayer<Cluster>({
      id: 'cluster-counts',
      data: clusters,
      opacity,
      getPosition: (cluster) => cluster.at,
      getText: ({ slots }) => shortCount(slots.length),
      getSize: ({ slots }) => (slots.length < 100 ? 13 : 12),
      getColor: ink[colours],
      fontFamily: "'Segoe UI', Roboto, 'Noto Sans', 'Liberation Sans', sans-serif",
      fontWeight: 700,
      fontSettings: { fontSize: 48, buffer: 6 },
      characterSet: '0123456789.k',
      updateTriggers: { getColor: colours },
    }),
  ];
}
