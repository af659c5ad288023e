/**
 * What comes after the points, part by part: the digits' images in pieces, PCA's components, the
 * decoder with whole codes, and the encoder.
 *
 * What is wanted is fetched at once. What *Explore* needs besides is fetched while nothing is wanted,
 * and gives way to what is; the encoder only when it is wanted.
 */

import { fetchArrays, fetchPatiently, Unreached } from "./answers.js";

/** @import { Answer } from "../types.d.ts" */
/** @typedef {`test/${number}` | `train/${number}`} Piece */
/** @typedef {"pca" | "decoder" | "encoder" | Piece} Part */

const AT_ONCE = 2; // while nothing is wanted: one travels while another is asked for
const AGAIN_MS = 10_000; // before what could not be fetched is tried again

/** @param {Part} part @returns {part is Piece} */
export function isPiece(part) {
  return part.includes("/");
}

export class Parts {
  /** Called when a part has come, or could not. @type {() => void} */
  changed = () => {};
  problem = ""; // why a part could not be fetched
  /** @type {Map<Part, Promise<void>>} */
  #coming = new Map();
  #wanted = 0; // parts that somebody waits for

  /**
   * @param {(part: Part) => string} addressOf
   * @param {AbortSignal} signal - ends the fetching.
   * @param {{ has: (part: Part) => boolean, take: (part: Part, answer: Answer) => void }} taker
   */
  constructor(addressOf, signal, taker) {
    this.addressOf = addressOf;
    this.signal = signal;
    this.taker = taker;
  }

  /**
   * Fetch parts before all that nobody waits for; fulfilled when they are there.
   *
   * @param {Part[]} parts
   */
  async want(parts) {
    const missing = parts.filter((part) => !this.taker.has(part));
    if (!missing.length) return;
    this.#wanted += 1;
    try {
      await Promise.all(missing.map((part) => this.#fetch(part)));
    } catch (problem) {
      this.#say(problem);
      throw problem;
    } finally {
      this.#wanted -= 1;
    }
  }

  /**
   * Fetch parts in this order, a few at once, while nothing is wanted.
   *
   * @param {Part[]} parts
   */
  load(parts) {
    const left = parts.filter((part) => !this.taker.has(part));
    const lane = async () => {
      let part;
      while (!this.signal.aborted && (part = left.shift())) {
        while (this.#wanted) await Promise.allSettled(this.#coming.values());
        if (!(await this.#fetch(part).then(() => true, (problem) => this.#failed(problem)))) return;
        if (!this.taker.has(part)) left.push(part);
      }
    };
    for (let i = 0; i < AT_ONCE; i++) lane();
  }

  /**
   * Say why a part could not be fetched, and wait a while; whether it may be tried again.
   *
   * @param {unknown} problem
   */
  async #failed(problem) {
    if (this.signal.aborted) return false;
    this.#say(problem);
    if (!(problem instanceof Unreached)) return false;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    return true;
  }

  /** @param {unknown} problem */
  #say(problem) {
    this.problem = /** @type {Error} */ (problem).message;
    this.changed();
  }

  /** @param {Part} part */
  #fetch(part) {
    if (this.taker.has(part)) return Promise.resolve();
    let coming = this.#coming.get(part);
    if (!coming) {
      coming = this.#take(part).finally(() => this.#coming.delete(part));
      this.#coming.set(part, coming);
    }
    return coming;
  }

  /** @param {Part} part */
  async #take(part) {
    const fetched = isPiece(part) ? fetchPatiently : fetchArrays; // pieces are kept in the album
    const answer = await fetched(this.addressOf(part), this.signal);
    this.taker.take(part, answer);
    this.problem = "";
    this.changed();
  }
}
