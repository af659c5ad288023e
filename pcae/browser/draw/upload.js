/** Pictures that a visitor brings; they are read in the browser and sent nowhere. */

import { SIZE } from "./pad.js";
import { element } from "../core/element.js";
import { contextOf } from "../core/pictures.js";
import { greyOf } from "../core/readback.js";
import { inkOf } from "./prepared.js";

const MOST_BYTES = 30 * 2 ** 20;
const MOST_PIXELS = 50e6;
const LIST = new Intl.ListFormat("en");

/**
 * Read a picture's ink.
 *
 * @param {File} file
 * @returns {Promise<{picture: HTMLCanvasElement, words: string}>} white ink on black, at most as
 *     large as the pad, and a sentence that says what was done.
 * @throws {Error} with a sentence, for what is no picture, is too large, or has no ink in it.
 */
export async function readPicture(file) {
  const name = `“${file.name}”`;
  if (!file.size) throw new Error(`${name} is empty: choose another picture.`);
  if (file.size > MOST_BYTES) {
    const size = (file.size / 2 ** 20).toFixed(1);
    throw new Error(`${name} has ${size} MB: choose a picture of at most 30 MB.`);
  }
  const unreadable = () => {
    throw new Error(`${name} cannot be read as a picture: choose a PNG, JPEG or WebP file.`);
  };
  const image = await open(file).catch(unreadable);
  const [width, height] = [image.naturalWidth, image.naturalHeight];
  if (width * height > MOST_PIXELS) {
    const pixels = `${width} × ${height} pixels`;
    throw new Error(`${name} has ${pixels}: choose a picture of at most 50 megapixels.`);
  }
  const picture = await reduce(image).catch(unreadable);
  const found = turnToInk(picture);
  if (!found) {
    const advice = "choose a picture of a digit in dark ink on light paper, or in light on dark";
    throw new Error(`${name} shows no ink: ${advice}.`);
  }
  const done = [];
  if (picture.width < width) {
    const smaller = `${picture.width} × ${picture.height} pixels`;
    done.push(`reduced from ${width} × ${height} to ${smaller}`);
  }
  if (!found.plain) done.push("freed from its paper");
  if (found.dark) done.push("turned to white on black");
  const words = done.length ? `was ${LIST.format(done)}` : "is shown as it is";
  return { picture, words: `${name} ${words}.` };
}

/**
 * A picture with its size, not yet its pixels.
 *
 * @param {File} file
 */
async function open(file) {
  if (file.type.startsWith("image/svg")) throw new Error("a drawing, not a picture");
  const image = element("img", { src: URL.createObjectURL(file) });
  try {
    await new Promise((resolve, reject) => {
      image.onload = resolve;
      image.onerror = reject;
    });
  } finally {
    URL.revokeObjectURL(image.src);
  }
  return image;
}

/**
 * Draw a picture on white, no larger than the pad.
 *
 * @param {HTMLImageElement} image
 */
async function reduce(image) {
  const bitmap = await createImageBitmap(image);
  const scale = Math.min(1, SIZE / Math.max(bitmap.width, bitmap.height));
  const width = Math.max(1, Math.round(bitmap.width * scale));
  const height = Math.max(1, Math.round(bitmap.height * scale));
  const canvas = element("canvas", { width, height });
  const context = contextOf(canvas, { willReadFrequently: true });
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return canvas;
}

/**
 * Leave the ink alone, white on black; what `inkOf` found.
 *
 * @param {HTMLCanvasElement} canvas
 */
function turnToInk(canvas) {
  const { width, height } = canvas;
  const context = contextOf(canvas);
  const picture = context.getImageData(0, 0, width, height);
  const { data } = picture;
  const grey = greyOf(data, width);
  const found = inkOf(grey, width, height);
  if (!found) return null;
  for (let i = 0, at = 0; i < grey.length; i++, at += 4) {
    data[at] = data[at + 1] = data[at + 2] = found.ink[i];
  }
  context.putImageData(picture, 0, 0);
  return found;
}
