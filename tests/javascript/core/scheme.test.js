/** The colours of many classes are Python's. */

import { deepStrictEqual } from "node:assert/strict";
import { schemeOf } from "../../../pcae/browser/core/scheme.js";
import { darkClasses } from "../../../pcae/browser/core/theme.js";

const file = new URL("../reference/colors.json", import.meta.url);
const { light, dark } = JSON.parse(await Deno.readTextFile(file));

Deno.test("the scheme goes on in both themes as Python's does", () => {
  deepStrictEqual(schemeOf(light.listed, light.methods, "light"), light.classes);
  deepStrictEqual(schemeOf(dark.listed, dark.methods, "dark"), dark.classes);
});

Deno.test("what is dark on a light page has the dark theme's, as many as it needs", () => {
  deepStrictEqual(darkClasses(10), dark.classes.slice(0, 10));
  deepStrictEqual(darkClasses(47), dark.classes.slice(0, 47));
});
