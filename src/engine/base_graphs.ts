/** How an engine computes frozen bases from their graphs. The extractor asks an engine nothing else about them. */
import type { Precision } from "../config.ts";
import type { Ports } from "./ports.ts";

/** How the images of one call are divided. */
export interface CallShape {
  /** The number of images of a lane. */
  readonly batch: number;
  /** The number of lanes that are computed at the same time, each with its own images. */
  readonly lanes: number;
}

/** The images of a lane, as the graph's input takes them. */
export type LaneImages = Uint8Array | Float32Array;

/** A graph on disk. */
export interface GraphFolder {
  /** The folder with saved_model.pb. */
  readonly folder: string;
  /** The base's name in error messages. */
  readonly name: string;
  readonly ports: Ports;
}

export interface OpenOptions {
  readonly shape: CallShape;
  readonly precision: Precision;
  /** The number of cores to use. */
  readonly cores: number;
}

/** A graph that an engine has opened. It holds memory outside JavaScript, so it must be disposed. */
export interface OpenedGraph {
  /**
   * Computes all lanes at the same time. Returns the features of each lane, row by row.
   * @throws Error if the images do not fit the graph, or it does not compute float32 values
   */
  run(lanes: readonly LaneImages[]): Float32Array[];
  dispose(): void;
}

/** What an engine can do with the graphs of bases. */
export interface BaseGraphs {
  /**
   * Whether Headlight prepares a graph for this engine: fuses ops, rounds to bfloat16, and puts the lanes side by side
   * into one graph. Other engines take one lane as it was recorded, and do all of this themselves.
   */
  readonly rewritten: boolean;
  /**
   * Returns the divisions of a call that may be the fastest. If there are several, they are measured when the graph is
   * made, and those whose features have other bits than the first one are left out.
   */
  shapes(cores: number, precision: Precision): readonly [CallShape, ...CallShape[]];
  /** @throws Error with the engine's message if it cannot open the graph */
  open(graph: GraphFolder, options: OpenOptions): OpenedGraph;
}
