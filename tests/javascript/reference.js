/** The files of `reference.py`, and how numbers are compared with them. */

import { ok } from "node:assert/strict";
import { readSafetensors } from "../../pcae/browser/core/numerics.js";

/** @import { RunConfig, Tensor, Values } from "../../pcae/browser/types.d.ts" */

/** @type {RunConfig} */
export const CONFIG = {
  k: 2,
  hidden: [8],
  activation: "elu",
  layer_norm: false,
  output: "sigmoid",
};

/** @param {"digits" | "noise" | "numerics" | "convolutions" | "plane" | "prepared" | "directions" | "sides"} name */
export async function reference(name) {
  const file = new URL(`reference/${name}.safetensors`, import.meta.url);
  return readSafetensors((await Deno.readFile(file)).buffer);
}

/**
 * A row of an array, as floats.
 *
 * @param {Tensor} array
 * @param {number} i
 */
export function row({ data, shape }, i) {
  return Float32Array.from(data.subarray(i * shape[1], (i + 1) * shape[1]));
}

/**
 * @param {ArrayLike<number>} found
 * @param {ArrayLike<number>} wanted
 * @param {number} tolerance - of values, and of large ones a share.
 */
export function assertClose(found, wanted, tolerance = 1e-5) {
  ok(found.length === wanted.length, `${found.length} values, not ${wanted.length}`);
  for (let i = 0; i < wanted.length; i++) {
    const most = tolerance * Math.max(1, Math.abs(wanted[i]));
    const same = found[i] === wanted[i] || Math.abs(found[i] - wanted[i]) <= most;
    ok(same, `${found[i]} at ${i}, not ${wanted[i]}`);
  }
}

/**
 * A safetensors file.
 *
 * @param {Record<string, { dtype: string, shape: number[], bytes: number[] }>} arrays
 * @param {Record<string, string>} [about]
 */
export function packed(arrays, about) {
  /** @type {number[]} */
  const all = [];
  /** @type {Record<string, object>} */
  const header = about ? { __metadata__: about } : {};
  for (const [name, { dtype, shape, bytes }] of Object.entries(arrays)) {
    header[name] = { dtype, shape, data_offsets: [all.length, all.length + bytes.length] };
    all.push(...bytes);
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const file = new Uint8Array(8 + text.length + all.length);
  new DataView(file.buffer).setBigUint64(0, BigInt(text.length), true);
  file.set(text, 8);
  file.set(all, 8 + text.length);
  return file.buffer;
}
