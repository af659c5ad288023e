/** What the explorer's views share, and the little of Plotly that they use. */

import type { World } from "../core/world.js";
import type { Camera, Pair } from "./state.js";

/** What is given, rather than chosen: all is there once a run is opened. */
export interface Given {
  world: World;
  theme: Theme;
  Plotly: Plotly;
  /** Whether the visitor wants no motion. */
  reduced: boolean;
}

/** The page's colours and font. */
export interface Theme {
  text: string;
  lines: string;
  font: string;
  /** How many times larger than usual letters are, for a projector. */
  type: number;
  /** Of the classes. */
  colors: string[];
  /** The same as the low 24 bits of a pixel. */
  inks: number[];
  textInk: number;
}

/** A digit's coordinates in a plane: all across, all up. */
export type Columns = Float32Array[];

/** A point of each plane; null where it has none. */
export type Twins = (Pair | number[] | null)[];

/** How points are coloured; the colours' meaning, where they are not of classes. */
export interface Paint {
  /** By plane. */
  values: ArrayLike<number>[];
  colorscale: string | [number, string][];
  cmin: number;
  cmax: number;
  key?: { stops: string[]; low: string; high: string };
}

/** An axis as Plotly keeps it; offset and length in pixels. */
export interface Axis {
  range: Pair;
  _offset: number;
  _length: number;
}

export interface FullLayout {
  xaxis: Axis;
  yaxis: Axis;
  xaxis2: Axis;
  yaxis2: Axis;
  scene?: Scene;
  scene2?: Scene;
}

interface Scene {
  _scene: { getCamera(): Camera };
}

export interface PlotEvent {
  points: { pointNumber: number }[];
}

export interface Layout {
  annotations?: object[];
  margin: { l: number; r: number; t: number; b: number };
  [name: string]: unknown;
}

/** The element that Plotly draws in. */
export type Plot = HTMLElement & {
  _fullLayout?: FullLayout;
  data: object[];
  layout: Layout;
  on(name: string, act: (event?: PlotEvent) => void): void;
};

export interface Figure {
  traces: object[];
  layout: Layout;
  config: object;
}

export interface Plotly {
  react(plot: Plot, traces: object[], layout: Layout, config: object): Promise<unknown>;
  purge(plot: Plot): void;
  Plots: { resize(plot: Plot): void };
}
