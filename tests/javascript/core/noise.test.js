/** Noise is NumPy's for the same digit; what both methods make of it is measured without it. */

import { deepStrictEqual, equal, ok } from "node:assert/strict";
import { NOISES, noisy, partsWith, showWith } from "../../../pcae/browser/core/noise.js";
import { meanSquaredError } from "../../../pcae/browser/core/numerics.js";
import { assertClose, reference, row } from "../reference.js";
import { under } from "../under.js";

const { arrays, about } = await reference("noise");
const KINDS = /** @type {const} */ (["masking", "gaussian"]);
const COUNT = 4;
const NOTHING = new Float32Array();

Deno.test("the kinds of noise are those of the form on Train", () => {
  deepStrictEqual(NOISES, JSON.parse(about.kinds));
});

for (const kind of KINDS) {
  Deno.test(`${kind}: a digit has the noise that NumPy adds to it`, () => {
    const world = under("deep");
    for (let i = 0; i < COUNT; i++) {
      const image = world.image(i) ?? NOTHING;
      assertClose(noisy(kind, image, i), row(arrays[kind], i));
    }
    const odd = Float32Array.from({ length: 30 }, (_, p) => p / 29);
    [1, 59_999].forEach((number, at) => {
      const found = noisy(kind, odd.subarray(15 * at, 15 * at + 15), number);
      assertClose(found, row(arrays[`${kind}.odd`], at));
    });
  });

  for (const name of /** @type {const} */ (["shallow", "deep"])) {
    Deno.test(`${kind}: both methods see it, a ${name} network with its first codes`, () => {
      const world = under(name);
      for (let i = 0; i < COUNT; i++) {
        const { original = NOTHING, ...shown } = showWith(world, i, 2, kind);
        assertClose(original, world.image(i) ?? NOTHING);
        assertClose(shown.noisy ?? NOTHING, row(arrays[kind], i));
        assertClose(shown.pca ?? NOTHING, row(arrays[`${kind}.pca`], i));
        assertClose(shown.network ?? NOTHING, row(arrays[`${kind}.${name}`], i));
        const pictures = [shown.noisy, shown.pca, shown.network];
        deepStrictEqual(
          [shown.noisyError, shown.pcaError, shown.networkError],
          pictures.map((of) => meanSquaredError(original, of ?? NOTHING)),
        );
      }
    });
  }
}

Deno.test("a training digit has the noise of its number among the training digits", () => {
  const world = under("deep");
  const images = { data: Uint8Array.from({ length: 180 }, (_, p) => p), shape: [15, 12] };
  world.take("train/0", { arrays: { images }, about: {} });
  const image = world.image(COUNT + 2) ?? NOTHING;
  deepStrictEqual(showWith(world, COUNT + 2, 2, "masking").noisy, noisy("masking", image, 2));
});

Deno.test("without noise a digit is shown as ever, and nothing more is fetched", () => {
  const world = under("deep");
  deepStrictEqual(showWith(world, 1, 2, "none"), world.show(1, 2));
  deepStrictEqual(partsWith(world, 1, "none"), world.partsOf(1));
  deepStrictEqual(partsWith(world, 1, "masking"), [...world.partsOf(1), "encoder"]);
});

Deno.test("it is said of which picture each error is, and against what", () => {
  const world = under("deep");
  const shown = showWith(world, 0, 2, "gaussian");
  const { captions, errors, passes } = world.told(shown);
  const [seen, pca, network] = [shown.noisyError, shown.pcaError, shown.networkError].map((of) =>
    of?.toFixed(4)
  );
  deepStrictEqual(captions, {
    original: "Original",
    noisy: `With noise: ${seen}`,
    pca: `PCA: ${pca}`,
    network: `Autoencoder: ${network}`,
  });
  equal(errors, `with noise ${seen}, PCA ${pca}, autoencoder with 2 codes ${network}`);
  equal(passes, `Errors are against the ${world.noun} without noise.`);
});

Deno.test("what is not here yet is still to come, and nothing of the clean digit in its place", () => {
  const world = under("deep", {});
  const { network } = world;
  ok(network);
  network.encoder = undefined;
  const shown = showWith(world, 0, 2, "masking");
  ok(shown.pca && !shown.network);
  equal(world.told(shown).captions.network, "Autoencoder");
  world.album.there.clear();
  const none = showWith(world, 0, 2, "masking");
  deepStrictEqual(none, { noise: "masking" });
  deepStrictEqual(world.told(none).captions, {
    original: "Original",
    noisy: "With noise",
    pca: "PCA",
    network: "Autoencoder",
  });
  equal(world.told(none).errors, "still coming");
});
