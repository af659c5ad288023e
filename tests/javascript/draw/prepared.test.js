/** A drawing has the form that NumPy gives it; ink is found on its paper. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { inkOf, mnistForm } from "../../../pcae/browser/draw/prepared.js";
import { assertClose, reference } from "../reference.js";

const { arrays } = await reference("prepared");

/**
 * What has to be there.
 *
 * @template T
 * @param {T | null} value
 */
function there(value) {
  ok(value);
  return value;
}

/** @param {string} name */
function drawing(name) {
  const { data, shape: [height, width] } = arrays[name];
  return { ink: Uint8Array.from(data), width, height };
}

for (const name of ["three", "one", "dot"]) {
  Deno.test(`the drawing "${name}" gets the form of MNIST's images`, () => {
    const { ink, width, height } = drawing(name);
    const { pixels, left, top, centre, ...box } = there(mnistForm(ink, width, height));
    const bytes = pixels.map((value) => 255 * value);
    const wanted = arrays[`${name}.form`].data;
    bytes.forEach((value, p) => ok(Math.abs(value - wanted[p]) <= 1.001, `at ${p}`));
    equal(Math.max(box.width, box.height), 20);
    for (const middle of centre) ok(Math.abs(middle - 14.5) <= 0.51);
    const held = Array.from(wanted).flatMap((
      value,
      p,
    ) => (value ? [[p % 28, Math.floor(p / 28)]] : []));
    equal(Math.min(...held.map(([x]) => x)), left);
    equal(Math.min(...held.map(([, y]) => y)), top);
  });
}

Deno.test("no ink has no form", () => {
  equal(mnistForm(new Uint8Array(12), 4, 3), null);
});

Deno.test("a form has its own form", () => {
  const { data } = arrays["three.form"];
  const again = there(mnistForm(Uint8Array.from(data), 28, 28));
  assertClose(again.pixels.map((value) => Math.round(255 * value)), data, 0);
});

Deno.test("where a drawing lies and how large it is changes nothing", () => {
  const { ink, width, height } = drawing("three");
  const [wide, high] = [3 * width + 5, 3 * height + 9];
  const large = new Uint8Array(wide * high);
  for (let y = 0; y < 3 * height; y++) {
    for (let x = 0; x < 3 * width; x++) {
      large[(y + 9) * wide + x + 2] = ink[Math.floor(y / 3) * width + Math.floor(x / 3)];
    }
  }
  const [one, other] = [mnistForm(ink, width, height), mnistForm(large, wide, high)];
  assertClose(there(other).pixels, there(one).pixels, 1.01 / 255);
});

Deno.test("ink is found on paper of one value, dark or light", () => {
  const { ink, width, height } = drawing("three");
  const light = there(inkOf(ink, width, height));
  deepStrictEqual([light.dark, light.plain], [false, true]);
  deepStrictEqual(light.ink, ink);
  const dark = there(inkOf(ink.map((value) => 255 - value), width, height));
  deepStrictEqual([dark.dark, dark.plain], [true, true]);
  deepStrictEqual(dark.ink, ink);
});

Deno.test("paper that grows darker is no ink", () => {
  const { ink, width, height } = drawing("three");
  const grey = ink.map((value, i) => (250 - 3 * (i % width)) * (1 - 0.7 * value / 255));
  const found = there(inkOf(grey, width, height));
  deepStrictEqual([found.dark, found.plain], [true, false]);
  const strong = ink.map((value, i) => Number(value === 255 && found.ink[i] < 128));
  const stray = ink.map((value, i) => Number(value === 0 && found.ink[i] > 127));
  equal(strong.reduce((a, b) => a + b), 0);
  equal(stray.reduce((a, b) => a + b), 0);
});

Deno.test("hardly any contrast is no ink", () => {
  equal(inkOf(new Uint8Array(600).fill(90), 30, 20), null);
  equal(inkOf(Uint8Array.from({ length: 600 }, (_, i) => 90 + (i % 7)), 30, 20), null);
});
