import type { LayerContext, UpdateParameters } from '@deck.gl/core';
import { ScatterplotLayer } from '@deck.gl/layers';
import { glideStride, longestTurn, runOnFor } from '../world/glide.ts';
import type { MarkAtlas, Picture } from './mark-atlas.ts';

/** What marks look like, column by column; a new object where a column changed, the same one where it did not. */
export interface MarkColumns {
  length: number;
  attributes: {
    instancePlaces: Column<Float32Array>;
    instanceLooks: Column<Uint8ClampedArray>;
    instanceOffsets?: Column<Float32Array>;
  };
}
interface Column<T> {
  value: T;
}

interface MarksProps {
  atlas: MarkAtlas;
  /** px of a cell on the screen: its side, or its width and height */
  size: number | readonly [width: number, height: number];
  /** turned by no course, such as a name */
  upright?: boolean;
  /** absent: nothing glides */
  glide?: {
    /** s; read whenever a picture is drawn */
    clock: { readonly seconds: number };
    /** says which rows were written over since it was asked last */
    rows: { takeChanged(): { from: number; to: number; looks: boolean } | undefined };
  };
}

/** Numbers of a place that does not glide. */
export const standingStride = 4;
export const lookStride = 4;
/** The size of a look that is drawn as large as the layer says. */
export const wholeSize = 128;

const uniformBlock = `\
layout(std140) uniform markUniforms {
  vec2 size;
  vec2 cells;
  float time;
} mark;
`;
const markUniforms = {
  name: 'mark',
  vs: uniformBlock,
  fs: uniformBlock,
  uniformTypes: { size: 'vec2<f32>', cells: 'vec2<f32>', time: 'f32' },
} as const;

const vertex = `\
#version 300 es
#define SHADER_NAME marks-vertex

in vec3 positions;
in vec4 instancePlaces;
in vec4 instanceLooks;
#ifdef GLIDING
in vec4 instanceBack;
in vec4 instanceTurns;
in vec2 instanceOffsets;
#endif
out vec2 vCell;
out float vOpacity;

void main(void) {
  vec4 look = floor(instanceLooks * 255.0 + 0.5);
  vec3 place = vec3(instancePlaces.xy, 0.0);
  vec3 rest = vec3(instancePlaces.zw, 0.0);
  float angle = 0.0;
  vec2 offset = vec2(0.0);
#ifdef GLIDING
  float passed = max(0.0, mark.time - instanceBack.z);
  float left = instanceBack.w <= 0.0 ? 0.0 : max(0.0, 1.0 - passed / instanceBack.w);
  float ran = ${runOnFor.toFixed(1)} * (1.0 - exp(-min(passed, 6.0) / ${runOnFor.toFixed(1)}));
  rest.xy += instanceBack.xy * left + instanceTurns.zw * ran;
  offset = instanceOffsets;
#ifndef UPRIGHT
  float turning = min(instanceBack.w, ${(longestTurn / 1000).toFixed(3)});
  float turned = turning <= 0.0 ? 1.0 : smoothstep(0.0, 1.0, passed / turning);
  angle = radians(instanceTurns.x + instanceTurns.y * turned);
#endif
#endif
  if (project.projectionMode == PROJECTION_MODE_WEB_MERCATOR) {
    // Seen from so far the halves are not told apart, and deck.gl leaves the second one out.
    place += rest;
    rest = vec3(0.0);
  }
  geometry.worldPosition = place;
  geometry.uv = positions.xy;
  geometry.pickingColor = picking_getPickingColorFromInstanceID();
  gl_Position = project_position_to_clipspace(place, rest, vec3(0.0), geometry.position);
  DECKGL_FILTER_GL_POSITION(gl_Position, geometry);
  vec2 corner = positions.xy * 0.5 * mark.size * look.z / 128.0;
  corner = vec2(corner.x * cos(angle) - corner.y * sin(angle), corner.x * sin(angle) + corner.y * cos(angle)) + offset;
  gl_Position.xy += project_pixel_size_to_clipspace(vec2(corner.x, -corner.y));
  // What is not to be seen lies outside of everything.
  if (look.z == 0.0 || look.y == 0.0) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
  float cell = look.x + 256.0 * look.w;
  float line = floor((cell + 0.5) / mark.cells.x);
  vCell = (vec2(cell - line * mark.cells.x, line) + (positions.xy + 1.0) * 0.5) / mark.cells;
  vOpacity = instanceLooks.y;
  vec4 unused = vec4(0.0);
  DECKGL_FILTER_COLOR(unused, geometry);
}
`;

const fragment = `\
#version 300 es
#define SHADER_NAME marks-fragment

precision highp float;

uniform sampler2D markPicture;
in vec2 vCell;
in float vOpacity;
out vec4 fragColor;

void main(void) {
  geometry.uv = vCell;
  vec4 colour = texture(markPicture, vCell);
  float opacity = colour.a * vOpacity * layer.opacity;
  if (opacity < 0.03) discard;
  fragColor = vec4(colour.rgb / max(colour.a, 0.001), opacity);
  DECKGL_FILTER_COLOR(fragColor, geometry);
}
`;

/**
 * Draws many marks out of columns that are handed to the graphics card as they are; those that glide do so there. The
 * rest of it is deck.gl's layer of dots: a square an instance.
 *
 *   instancePlaces   standing: longitude, latitude, and what 32 bits leave over of both
 *                    gliding: the same · back longitude, back latitude, start s, duration s · course from, turn,
 *                    velocity longitude, velocity latitude (degrees/s); glide.ts says what they mean
 *   instanceLooks    cell of the picture, its lower byte · opacity · size (0: not drawn) · the cell's upper byte
 *   instanceOffsets  px right, px down
 */
export class MarksLayer extends ScatterplotLayer<unknown, MarksProps> {
  static override layerName = 'MarksLayer';
  // A layer object lives for one frame; its state goes on to the next one.
  declare state: ScatterplotLayer['state'] & { picture?: Picture; drawnAt?: number };

  override getShaders() {
    const { glide, upright } = this.props;
    const shaders = super.getShaders();
    return {
      ...shaders,
      vs: vertex,
      fs: fragment,
      defines: { ...(glide === undefined ? {} : { GLIDING: true }), ...(upright ? { UPRIGHT: true } : {}) },
      modules: [...shaders.modules.filter(({ name }: { name: string }) => name !== 'scatterplot'), markUniforms],
    };
  }

  override initializeState(): void {
    const gliding = this.props.glide !== undefined;
    const part = (elementOffset: number) => ({ size: 4, elementOffset });
    this.getAttributeManager()?.addInstanced({
      instancePlaces: gliding
        ? {
            size: glideStride,
            type: 'float32',
            noAlloc: true,
            shaderAttributes: { instancePlaces: part(0), instanceBack: part(4), instanceTurns: part(8) },
          }
        : { size: standingStride, type: 'float32', noAlloc: true },
      instanceLooks: { size: lookStride, type: 'unorm8', noAlloc: true },
      ...(gliding ? { instanceOffsets: { size: 2, type: 'float32', noAlloc: true } } : {}),
    });
    this.setState({ picture: this.props.atlas.send(this.context.device) });
  }

  override updateState(params: UpdateParameters<this>): void {
    super.updateState(params);
    const { props, oldProps } = params;
    if (oldProps.atlas === undefined || oldProps.atlas === props.atlas) return;
    this.state.picture?.destroy();
    this.setState({ picture: this.props.atlas.send(this.context.device) });
  }

  /** What glides is another picture as soon as the clock has gone on, though no property has changed. */
  override getNeedsRedraw(options?: { clearRedrawFlags: boolean }): string | false {
    const isLate = this.props.glide !== undefined && this.state?.drawnAt !== this.props.glide.clock.seconds;
    return super.getNeedsRedraw(options) || (isLate && this.id);
  }

  override draw(): void {
    const { size, glide, atlas } = this.props;
    const { model, picture } = this.state;
    if (model === undefined || picture === undefined) return;
    const time = glide?.clock.seconds ?? 0;
    this.state.drawnAt = time;
    const changed = glide?.rows.takeChanged();
    if (changed !== undefined) this.#sendRows(changed);
    atlas.sendOn?.(picture, this.context.device);
    const cells = [atlas.columns, atlas.rows];
    const sides = typeof size === 'number' ? [size, size] : size;
    model.shaderInputs.setProps({ mark: { size: sides, time, cells, markPicture: picture } });
    model.draw(this.context.renderPass);
  }

  #sendRows({ from, to, looks }: { from: number; to: number; looks: boolean }): void {
    const attributes = this.getAttributeManager()?.getAttributes();
    const send = (name: string, stride: number) =>
      attributes?.[name]?.updateSubBuffer({ startOffset: from * stride, endOffset: to * stride });
    send('instancePlaces', glideStride);
    if (!looks) return;
    send('instanceLooks', lookStride);
    send('instanceOffsets', 2);
  }

  override finalizeState(context: LayerContext): void {
    super.finalizeState(context);
    this.state.picture?.destroy();
  }
}
