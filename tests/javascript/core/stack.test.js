/** Convolutional networks are those of NumPy, for sides of any length. */

import { equal } from "node:assert/strict";
import { jacobian } from "../../../pcae/browser/core/directions.js";
import { Autoencoder } from "../../../pcae/browser/core/numerics.js";
import { assertClose, reference, row } from "../reference.js";

const { arrays, about } = await reference("convolutions");

for (const name of ["even", "uneven"]) {
  const { config, shape } = JSON.parse(about[name]);
  const own = Object.entries(arrays).filter(([key]) => key.startsWith(`${name}/`));
  const found = Object.fromEntries(own.map(([key, of]) => [key.slice(name.length + 1), of]));
  const model = new Autoencoder(config, shape);
  model.take("encoder", found);
  model.take("decoder", found);

  Deno.test(`a convolutional network of ${name} sides agrees with NumPy`, () => {
    for (const i of [0, 1, 0]) { // nothing is left of the one before
      const code = row(found.codes, i);
      assertClose(model.encode(row(found.images, i)), code);
      assertClose(model.decode(code), row(found.decoded, i));
    }
    equal(model.decode(row(found.codes, 0)).length, shape[0] * shape[1]);
  });

  Deno.test(`the directions of ${name} sides agree with NumPy`, () => {
    if (!model.decoder) throw new Error("there is no decoder");
    const rows = jacobian(model.decoder, row(found.codes, 0));
    equal(rows.length, 3);
    rows.forEach((of, i) => assertClose(of, row(found.jacobian, i)));
  });
}
