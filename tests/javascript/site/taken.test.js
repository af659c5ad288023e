/** What networks leave of the digits with the first of their codes. */

import { deepStrictEqual, equal } from "node:assert/strict";
import { errorsKnown, takeErrors } from "../../../pcae/browser/site/taken.js";
import { assertClose } from "../reference.js";
import { under } from "../under.js";

const goOn = () => false;

Deno.test("the errors with fewer codes are those of the pictures, and are kept", async () => {
  const world = under("deep");
  equal(errorsKnown(world, 2), undefined);
  const errors = await takeErrors(world, 2, goOn);
  const shown = [0, 1, 2, 3].map((i) => world.show(i, 2));
  assertClose(errors?.images ?? [], shown.map(({ networkError = NaN }) => networkError));
  const pixels = Float64Array.from({ length: 12 }, (_, p) => {
    const squares = shown.map(({ original = [], network = [] }) => (original[p] - network[p]) ** 2);
    return squares.reduce((sum, square) => sum + square / 4, 0);
  });
  assertClose(errors?.pixels ?? [], pixels);
  equal(errorsKnown(world, 2), errors);
  equal(errorsKnown(world, 1), undefined);
  equal(await takeErrors(world, 2, goOn), errors);
});

Deno.test("of all codes, and of codes in no order, the errors are as they came", async () => {
  const [ordered, plain] = [under("deep"), under("deep", {})];
  for (const [world, k] of /** @type {const} */ ([[ordered, 3], [ordered, 9], [plain, 1]])) {
    deepStrictEqual(errorsKnown(world, k), { images: world.errors, pixels: [] });
    deepStrictEqual(await takeErrors(world, k, goOn), errorsKnown(world, k));
  }
});
