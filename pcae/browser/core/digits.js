/** The digits of a data set: what is known of them, and their images, which come in pieces. */

import { fullOf } from "./numerics.js";

/** @import { Answer, Values } from "../types.d.ts" */
/** @import { Piece } from "./parts.js" */
/** @typedef {"test" | "train"} Split */
/**
 * The images of all digits and the pieces of them that are here, kept for the next page.
 *
 * @typedef {{ images: Values, there: Set<Piece> }} Album
 */

const KEPT = 2; // albums
export const TARGET = "target";
export const COLUMN = "column-"; // and its number, from 1
/** @type {Map<string, Album>} */
const albums = new Map();

/**
 * The album of some digits.
 *
 * @param {string} address
 */
export function albumOf(address) {
  const album = albums.get(address) ?? { images: new Uint8Array(), there: new Set() };
  albums.delete(address);
  albums.set(address, album); // the latest last
  const [oldest] = albums.keys();
  if (albums.size > KEPT) albums.delete(oldest);
  return album;
}

export class Digits {
  /** The measure that was asked for last. @type {{ measure: string, values: Float32Array }} */
  #measured = { measure: "", values: new Float32Array() };

  /**
   * @param {Answer} points
   * @param {Album} album
   */
  constructor({ arrays, about }, album) {
    this.album = album;
    this.labels = arrays.labels.data;
    /** @type {string[]} */
    this.classes = JSON.parse(about.classes);
    this.labelled = this.classes.length > 1;
    this.tests = Number(about.tests);
    this.everything = Number(about.everything); // with the training digits
    this.inputs = Number(about.inputs); // pixels or columns
    /** @type {[rows: number, columns: number] | null} */
    this.shape = JSON.parse(about.shape); // of a picture; null for a table
    /** @type {string[]} */
    this.tableColumns = JSON.parse(about.columns); // the names of a table's columns
    this.limits = arrays.limits?.data; // of those columns: all least values, all greatest
    /** @type {string} */
    this.target = JSON.parse(about.target ?? '""'); // what is measured of each, if anything is
    this.targets = arrays.targets?.data;
    /** @type {string} */
    this.noun = JSON.parse(about.noun); // what a digit is called
    this.size = this.labels.length;
    /** @type {Record<Split, number>} */
    const sizes = JSON.parse(about.pieces);
    this.splits = /** @type {const} */ ([
      { name: "test", first: 0, count: this.tests, piece: sizes.test },
      { name: "train", first: this.tests, count: this.size - this.tests, piece: sizes.train },
    ]);
    /** @type {Piece[]} */
    this.pieces = this.splits.flatMap(({ name, count, piece }) =>
      Array.from(
        { length: count && Math.ceil(count / piece) },
        (_, n) => /** @type {Piece} */ (`${name}/${n}`),
      )
    );
  }

  /**
   * The piece that has a digit's image.
   *
   * @param {number} i
   */
  pieceOf(i) {
    const { name, first, piece } = this.splits[i < this.tests ? 0 : 1];
    return /** @type {Piece} */ (`${name}/${Math.floor((i - first) / piece)}`);
  }

  /**
   * Take a piece that has come.
   *
   * @param {Piece} name
   * @param {Values} images - (m, p).
   */
  takePiece(name, images) {
    const { album, inputs, size, splits } = this;
    const { first, piece } = splits[name.startsWith("test") ? 0 : 1];
    const start = first + Number(name.split("/")[1]) * piece;
    if (!album.images.length) {
      const Kind = images instanceof Uint8Array ? Uint8Array : Float32Array;
      album.images = new Kind(size * inputs);
    }
    album.images.set(images, start * inputs);
    album.there.add(name);
  }

  /** All images (size, p), once a piece is here; what has not come is 0. */
  get images() {
    return this.album.images;
  }

  /**
   * A digit's pixels in [0, 1], once they are here.
   *
   * @param {number} i
   */
  image(i) {
    if (!this.album.there.has(this.pieceOf(i))) return undefined;
    const { images, inputs } = this;
    const full = fullOf(images);
    return Float32Array.from(images.subarray(i * inputs, (i + 1) * inputs), (v) => v / full);
  }

  /**
   * What is measured of every digit: how the address says it, and what it is called.
   *
   * @returns {Map<string, string>}
   */
  get measures() {
    const columns = this.tableColumns.map((name, column) => /** @type {const} */ ([
      `${COLUMN}${column + 1}`,
      name,
    ]));
    return new Map(this.targets ? [[TARGET, this.target], ...columns] : columns);
  }

  /**
   * Its values of all digits, in their units; null before they are here.
   *
   * @param {string} measure
   * @returns {Values | null}
   */
  measured(measure) {
    if (measure === TARGET) return this.targets ?? null;
    const { images, inputs, pieces, album } = this;
    const column = Number(measure.slice(COLUMN.length)) - 1;
    if (!measure.startsWith(COLUMN) || !(column >= 0 && column < inputs)) return null;
    if (!pieces.every((piece) => album.there.has(piece))) return null;
    if (this.#measured.measure !== measure) {
      const of = (/** @type {number} */ i) => images[i * inputs + column] / fullOf(images);
      const values = Float32Array.from(this.labels, (_, i) => inUnits(this, column, of(i)));
      this.#measured = { measure, values };
    }
    return this.#measured.values;
  }

  /**
   * What a digit is called.
   *
   * @param {number} i
   */
  name(i) {
    const split = i < this.tests ? "test" : "training";
    return `${split} ${this.noun} ${this.numberOf(i).toLocaleString("en")}`;
  }

  /**
   * A digit's number among those of its split.
   *
   * @param {number} i
   */
  numberOf(i) {
    return i < this.tests ? i : i - this.tests;
  }

  /**
   * A digit's name with its class, where there are classes to tell apart, or with its target.
   *
   * @param {number} i
   */
  nameWithClass(i) {
    const name = this.name(i);
    if (this.targets) return `${name}, ${this.target} ${this.targets[i].toPrecision(4)}`;
    return this.labelled ? `${this.classes[this.labels[i]]}, ${name}` : name;
  }
}

/**
 * A value of a column in the units of the data.
 *
 * @param {Pick<Digits, "limits" | "inputs">} digits
 * @param {number} column
 * @param {number} share - in [0, 1], or beyond.
 */
export function inUnits({ limits, inputs }, column, share) {
  if (!limits) return share;
  const [low, high] = [limits[column], limits[inputs + column]];
  return low + share * (high - low);
}
