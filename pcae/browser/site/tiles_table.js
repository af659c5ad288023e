/** Decoded planes as a table: where each tile is, and its pixels or, in their units, its columns. */

import { inUnits } from "../core/digits.js";

/** @import { World } from "../core/world.js" */
/** @import { Decoded } from "./plane.js" */

/**
 * The head and a row a tile; as `pcae/methods/plane.py: as_csv` writes them.
 *
 * @param {Pick<World, "inputs" | "limits" | "shape" | "tableColumns">} world
 * @param {{ name: string, plane: Decoded }[]} planes
 * @returns {unknown[][]}
 */
export function tableOf(world, planes) {
  const { inputs, shape, tableColumns } = world;
  const axes = planes[0].plane.numbers.map((number) => `number ${number + 1}`);
  const values = shape
    ? Array.from({ length: inputs }, (_, pixel) => `pixel ${pixel}`)
    : tableColumns;
  const rows = planes.flatMap(({ name, plane: { middles, images } }) =>
    middles.map((middle, tile) => [
      name,
      ...middle,
      ...Array.from(images[tile] ?? [], (value, c) => inUnits(world, c, value).toFixed(4)),
    ])
  );
  return [["method", ...axes, ...values], ...rows];
}
