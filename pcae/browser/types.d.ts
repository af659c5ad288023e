/** What travels: from Streamlit and the server to the scripts, and between them and Plotly. */

// ---------------------------------------------------------------------- from Streamlit

/** What Streamlit gives a component's script, with every change of the data. */
export interface Component<Data> {
  name: string;
  parentElement: HTMLElement;
  data: Data;
  /** Tell Python. */
  setStateValue(name: string, value: unknown): void;
  /** Tell Python once. */
  setTriggerValue(name: string, value: unknown): void;
}

/** A class whose instances draw what a component's data says: what `living` takes. */
export interface ViewClass<Data> {
  new (component: Component<Data>, life: import("./core/living.js").Life): View<Data>;
}

export interface View<Data> {
  /** Draw, or draw anew. */
  show(component: Component<Data>): unknown;
  destroy?(): void;
}

/** What every component's data holds: the scripts' folder, with their version. */
export interface Code {
  code: string;
}

/** Where things are, relative to the app, as `pcae.server.routes.addresses` says it. */
export interface Addresses extends Code {
  /** The run's points, or codes from elsewhere; "test" or "all" is added to it. */
  run: string;
  /** The digits' images; the name of a piece is added to it. */
  digits: string;
  /** PCA's mean and first components. */
  pca: string;
  /** The weights of the run's decoder; "test" or "all" is added to it. */
  decoder: string;
  encoder: string;
  /** The codes through training; "" where there are none. */
  frames: string;
  /** The nearest training images; codes from elsewhere have no use for it. */
  nearest: string;
  /** What codes from elsewhere are called. */
  imported?: string;
}

/** What the explorer is sent: addresses, and the digits that a link has chosen. */
export interface ExplorerData extends Addresses {
  /** Of an address that the server has opened: its name, and what stands after its "#". */
  opening?: [name: string, text: string];
  selected?: number[];
  pinned?: number[];
  asks?: Asks;
}

/** A lesson's question where a digit will fall. */
export interface Asks {
  digit: number;
  /** In which plane: 0 for PCA's, 1 for the codes'. */
  side: 0 | 1;
  /** Whether a click answers. */
  open: boolean;
  /** One's own answer; null before. */
  mine: [x: number, y: number] | null;
  /** All answers; null until they are shown. */
  answers: [x: number, y: number][] | null;
}

/** What a chart is sent. */
export interface ChartData extends Code {
  /** What its files are called. */
  name: string;
  /** What it is, for those who do not see it. */
  label: string;
  /** Plotly's, which names colours of the theme as in "var(--pcae-class-3)". */
  figure: Figure;
  /** In pixels. */
  height: number;
  /** Whether its points are data. */
  csv: boolean;
  /** Whether it marks the epoch of the codes that are played on the page. */
  timed: boolean;
}

/** What codes in small planes are sent. */
export interface CodesData extends Code {
  name: string;
  label: string;
  /** In pixels. */
  height: number;
  /** Of the frames, in epochs; one or none where nothing is played. */
  moments: number[];
  panels: CodesPanel[];
}

export interface CodesPanel {
  title: string;
  /** Whose colour it has, among networks beside each other. */
  network: number | null;
  axes: [across: string, up: string];
  classes: string[];
  /** Bytes, in base 64. */
  labels: string;
  /** Float32, across and up in turns, in base 64. */
  frames: string[];
}

/** A name in the link, and what people read. */
export type Named = [name: string, title: string];

/** What the link bar is sent. */
export interface LinkData extends Code {
  page: string;
  query: Record<string, string>;
  pages: Named[];
  /** Of every page: its title and what can be changed on it. */
  controls: [title: string, controls: Named[]][];
  /** Of an address that the server has opened; Streamlit has changed the browser's since. */
  opening: [name: string, text: string] | null;
  /** What came of keeping the view as a step of a lesson; "" before. */
  kept: string;
  /** The name of the visit; another one on the same page after a start of the server. */
  visit: string;
  /** Whether the visit's files wait to be added, or went; "" where none were chosen in it. */
  files: "wait" | "went" | "";
}

/** What the room is sent. */
export interface RoomData extends Code {
  /** Whether the visitor may lead. */
  teacher: boolean;
  /** What of the room is drawn: another one where something is new. */
  mark: string;
  /** The name of the request that the page last went to another address for. */
  gone: string;
}

// ---------------------------------------------------------------------- from the server

/** What is pointed at in the explorer: a digit, or a point of a plane where there is none. */
export type Pointed = { i: number } | { p: 0 | 1; x: number; y: number };

/** Where a page is. */
export interface Shown {
  page: string;
  /** What stands before the "#" of its address. */
  query: Record<string, string>;
  /** What stands after it, of the explorer. */
  hash: string;
  pointer: Pointed | null;
}

/** Where the teacher leads. */
export interface Lead {
  page: string;
  query: string;
  hash: string;
  /** The tab that leads. */
  by: string;
}

/** What the room's stream tells, but for the pointer. */
export interface RoomState {
  /** Another one after a start of the server. */
  boot: string;
  mark: string;
  lead: Lead | null;
  /** How many visitors are here; for the teacher alone. */
  here?: number;
}

export type Values = Float32Array | Uint8Array | Int32Array;

/** An array, row-major. */
export interface Tensor {
  data: Values;
  shape: number[];
}

export type Tensors = Record<string, Tensor>;

/**
 * What a safetensors file holds. n digits have p pixels or columns each, and codes of k numbers.
 *
 * - A run: `codes` (n, k), or only the first of the k numbers; `errors` (n); `passes` (n): the
 *   least k with which PCA's error is at most the network's, or -1; `scores` (n, 2) on the first
 *   components; `labels` (n); of a site `pixels` (p): the error at each pixel; of a table perhaps `limits` (2, p), all least values, then all
 *   greatest. About it, as JSON: `config`, `classes`, `tests`, `everything`, `shape`, `columns`,
 *   `noun`, `inputs`, and `pieces`: the digits of a split in a piece.
 * - Codes from elsewhere: `codes` (n, k), NaN where there is none, `scores`, `labels` and `limits`,
 *   and about them, besides what is said of a run's digits, `count`.
 * - A piece of the digits: `images` (m, p), bytes or floats in [0, 1].
 * - PCA: `mean` (p), `components` (count, p).
 * - The decoder and the encoder: the weights by their names; the decoder's has the `codes` (n, k),
 *   where the run has only some of the k numbers.
 * - Frames: codes (n, k) by the moment, in epochs.
 * - Nearest: `indices`, `distances`, `images`, `labels`, each after "scores." and after "code.".
 */
export interface Answer {
  arrays: Tensors;
  about: Record<string, string>;
}

export type Activation = "elu" | "relu" | "gelu" | "tanh" | "sigmoid";

/** The settings of a run, as far as scripts read them. */
export interface RunConfig {
  k: number;
  /** Widths of the encoder's hidden layers, or channels of its convolutions. */
  hidden: number[];
  /** Left out where it is dense. */
  architecture?: "dense" | "convolutional";
  activation: Activation;
  layer_norm: boolean;
  output: "sigmoid" | "linear";
  /** Whether the first codes reconstruct alone; left out where they do not. */
  code_order?: "none" | "nested";
}

// ---------------------------------------------------------------------- a site of plain files

/** What a site's page is sent: where the open network's arrays are, and what is known of it all. */
export interface SiteData extends Addresses {
  network: SiteNetwork;
  /** All of the site, those of one data set after another. */
  networks: SiteNetwork[];
  /** The open network's. */
  dataset: SiteDataset;
  /** Of all networks, by name. */
  datasets: Record<string, SiteDataset>;
  /** What people call the settings, in their order. */
  labels: Record<string, string>;
  /** What the page's widgets show, by the names that the app's link has; what is usual is left out. */
  query: Record<string, string>;
  /** Indices of test digits that Explore, or a link, has chosen. */
  selected: number[];
  pinned: number[];
  /** The keys of the networks that are compared, in the order of the link; none where none is chosen. */
  compared: string[];
  /** Whether letters are large, for a projector: by the style --pcae-type. */
  projector: boolean;
  /** Addresses of figures that Python has made, as JSON (see `Figure`), by name. */
  figures: Record<string, string>;
}

/** A network of a site, as its manifest has it. */
export interface SiteNetwork {
  /** Of its settings, as everywhere. */
  key: string;
  /** Its settings in a line. */
  name: string;
  /** What it is called among the others. */
  title: string;
  /** What Explore asks of it. */
  question: string;
  /** What its codes are worth, and the errors behind that: a sentence each. */
  worth: string;
  errors: string;
  /** All settings. */
  config: RunConfig & Record<string, unknown>;
  /** Those that are not the usual ones, as a link has them. */
  settings: Record<string, string>;
  /** All of them in words, by the names of `labels`. */
  words: Record<string, string>;
  /** The name of its data set. */
  dataset: string;
  /** Relative to the site. */
  addresses: Addresses;
  /** Mean squared error over the test images that the site has, or, if `recorded`, over its own. */
  testError: number;
  /** Whether other images are shown than it was trained with. */
  recorded: boolean;
  /** As recorded in training, of the training images. */
  trainError: number | null;
  equivalentK: number;
  history: SiteEpoch[];
  /** As it was measured; null where it was not. */
  quality: SiteQuality | null;
  /** In training. */
  seconds: number;
  /** That trained it; "" where it is not known. */
  device: string;
  parameters: number;
}

/** A published network, see `pcae.methods.literature`. */
export interface SitePublished {
  name: string;
  k: number;
  testError: number;
  equivalentK: number;
  source: string;
}

export interface SiteEpoch {
  epoch: number;
  trainLoss: number;
  testError: number;
  seconds: number;
}

/** See `pcae.training.quality.Quality`. */
export interface SiteQuality {
  knnAccuracy: number | null;
  trustworthiness: number | null;
  continuity: number | null;
}

/** What a site has of a data set. */
export interface SiteDataset {
  name: string;
  digest: string;
  title: string;
  /** What the digits that are shown are called, which may stand in for others. */
  shown: string;
  /** What a digit is called. */
  noun: string;
  classes: string[];
  /** Of a picture; null for a table. */
  shape: [rows: number, columns: number] | null;
  /** How many test digits there are, which are all that the site has. */
  tests: number;
  /** How many of them there are in a piece of their images. */
  piece: number;
  /** How many training digits PCA is fitted to. */
  trained: number;
  licence: string;
  /** That other digits stand in for this data set; "" where they do not. */
  notice: string;
  /** The names of a table's columns. */
  columns: string[];
  /** What is measured of each, besides; "" without. */
  target: string;
  /** Two of its test digits of different classes, with which Latent plane begins. */
  pair: [a: number, b: number];
  /** Errors that others have published of the same test images. */
  published: SitePublished[];
  /** By the number of components, from 0. */
  pca: { trainError: number[]; testError: number[]; explainedVariance: number[] };
}

/** What Compare has of a network, as `pcae.figures.sides.Side` makes it. */
export interface Side {
  /** Of which images the errors are. */
  source: string;
  /** What came of its settings in words, by what it is called; null for what was not measured. */
  figures: Record<string, string | null>;
  /** Its learning curves alone. */
  curves: Figure;
}

/** What a site holds. */
export interface SiteManifest {
  version: string;
  /** What people call the settings, in their order. */
  labels: Record<string, string>;
  pages: SitePage[];
  /** The key of the network that a first visit opens. */
  first: string;
  networks: SiteNetwork[];
  datasets: Record<string, SiteDataset>;
  figures: Record<string, string>;
}

export interface SitePage {
  name: string;
  title: string;
  heading: string;
  purpose: string;
  /** The script that shows it, in the scripts' folder. */
  script: string;
  /** Whether it is about the open network. */
  ofRun: boolean;
}

// ---------------------------------------------------------------------- Plotly

/** The part of plotly.js that is used. */
export interface Plotly {
  react(plot: HTMLElement, data: object[], layout: object, config?: object): Promise<GraphDiv>;
  purge(plot: HTMLElement): void;
  toImage(figure: Figure, options: ImageOptions): Promise<string>;
  downloadImage(figure: Figure, options: ImageOptions): Promise<string>;
  Plots: { resize(plot: HTMLElement): Promise<void> };
}

/** Traces and layout as Plotly takes them. */
export interface Figure {
  data: object[];
  layout: Layout;
}

/** The part of a layout that is read; lengths are in pixels. */
export interface Layout {
  [name: string]: unknown;
  margin?: Record<string, number>;
  annotations?: { font?: { size?: number } }[];
}

export interface ImageOptions {
  format: "png" | "svg";
  /** In pixels. */
  width: number;
  height: number;
  filename?: string;
  scale?: number;
}

/** An element that Plotly has drawn in. */
export interface GraphDiv extends HTMLElement, Figure {
  _fullLayout: FullLayout;
  _fullData: FullTrace[];
  on<Name extends keyof PlotlyEvents>(name: Name, act: (event: PlotlyEvents[Name]) => void): void;
}

/** "xaxis", "yaxis2" … */
export type AxisName = `${"x" | "y"}axis${string}`;

/** A layout as it is drawn, with the axes that the figure has. */
export interface FullLayout {
  [name: AxisName]: FullAxis;
  width: number;
  height: number;
  scene?: { _scene: Scene };
  scene2?: { _scene: Scene };
}

export interface FullAxis {
  /** Right also while it is dragged. */
  range: [number, number];
  /** From the element's edge, in pixels. */
  _offset: number;
  /** In pixels. */
  _length: number;
  title?: { text?: string };
}

export interface Scene {
  getCamera(): Camera;
  glplot?: { oncontextloss: (() => void) | null };
}

export interface Point3 {
  x: number;
  y: number;
  z: number;
}

export interface Camera {
  eye: Point3;
  center: Point3;
  up?: Point3;
}

/** A trace as it is drawn. */
export interface FullTrace {
  name?: string;
  x?: ArrayLike<unknown>;
  y?: ArrayLike<unknown>;
  /** "x", "x2" …, and likewise "y". */
  xaxis?: string;
  yaxis?: string;
}

export interface PlotlyPoint {
  curveNumber: number;
  pointNumber: number;
}

export interface PlotlyEvents {
  plotly_relayout: object;
  plotly_hover: { points: PlotlyPoint[] };
  plotly_click: { points: PlotlyPoint[] };
}

declare global {
  /** There once its script has run. */
  var Plotly: Plotly;
}

// ---------------------------------------------------------------------- elements of a page

/** Properties to set on a new element; numbers become texts where the property is one. */
export type Attributes<Made> = {
  [Name in keyof Made]?: Made[Name] extends string ? Made[Name] | number : Made[Name];
};
