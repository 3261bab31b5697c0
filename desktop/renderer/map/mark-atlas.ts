import type { LayerContext } from '@deck.gl/core';

type Device = LayerContext['device'];
export type Picture = ReturnType<Device['createTexture']>;

/** One picture that holds marks in cells of one size, line by line. */
export interface MarkAtlas {
  columns: number;
  rows: number;
  /** Puts the picture into the graphics card's memory. */
  send(device: Device): Picture;
  /** Sends on what was drawn since; absent: nothing is. */
  sendOn?(picture: Picture, device: Device): void;
}

/** A picture that was drawn once, and stays. */
export interface DrawnAtlas extends MarkAtlas {
  picture: HTMLCanvasElement;
}

/** The marks of a picture that stays as it is. */
export function drawnAtlas(picture: HTMLCanvasElement, columns: number, rows: number): DrawnAtlas {
  return {
    ...{ picture, columns, rows },
    send(device) {
      const { width, height } = picture;
      const texture = device.createTexture({
        ...{ width, height, format: 'rgba8unorm' },
        mipLevels: device.getMipLevelCount(width, height),
        sampler: { minFilter: 'linear', magFilter: 'linear', mipmapFilter: 'linear' },
      });
      sendPart(device, texture, picture, { x: 0, y: 0 });
      texture.generateMipmapsWebGL();
      return texture;
    },
  };
}

/** WebGL's UNPACK_PREMULTIPLY_ALPHA_WEBGL; luma.gl 9.4 knows `premultipliedAlpha`, and passes it over here. */
const premultiply = 0x9241;

/**
 * Draws a canvas into a texture. Premultiplied, so that the unseen colour around a mark does not shine through where it is
 * drawn smaller, and soft edges keep their colour.
 */
export function sendPart(
  device: Device,
  texture: Picture,
  image: HTMLCanvasElement,
  at: { x: number; y: number },
): void {
  device.withParametersWebGL({ [premultiply]: true }, () => texture.copyExternalImage({ image, ...at }));
}
