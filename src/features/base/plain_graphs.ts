/** Graphs of a base as they were recorded, for engines that prepare them themselves, and what is chosen with them. */
import type { CallShape } from "../../engine/base_graphs.ts";
import { trimHeap } from "../../heap.ts";
import { type GraphInput, type ImageKind, nameOfInput, type OpenPlain } from "./base_graph.ts";
import { fastestShape } from "./fastest_shape.ts";
import { choiceKey } from "./graph_keys.ts";
import type { GraphStore, KeptChoice } from "./graph_store.ts";
import { measureBfloat16, measuredKind } from "./measure_bfloat16.ts";
import type { BaseSpec } from "./spec.ts";

/** The images of a base, and how a call with them may be divided. */
export interface ImageCalls {
  readonly kind: ImageKind;
  readonly shapes: readonly [CallShape, ...CallShape[]];
}

/** What a graph is made for. */
export interface GraphTarget extends ImageCalls {
  readonly store: GraphStore;
  /** The number of cores to use. */
  readonly cores: number;
}

/** What was chosen with recorded graphs. */
export interface PlainChoice {
  /** Null if float32 was requested. */
  readonly choice: KeptChoice | null;
  readonly shape: CallShape;
}

/** Returns the inputs of all graphs that `choosePlain` may open, each once. */
export async function plainInputs(
  { precision }: Pick<BaseSpec, "precision">,
  { kind, shapes }: ImageCalls,
): Promise<GraphInput[]> {
  const inputs = shapes.map(({ batch }): GraphInput => ({ images: kind, batch }));
  // The lesson's images are of the same kind as the measured ones.
  if (precision !== "float32") inputs.push({ images: await measuredKind(), batch: shapes[0].batch });
  return [...new Map(inputs.map((input) => [nameOfInput(input), input])).values()];
}

/** Measures what bfloat16 changes, unless that is known, and which division of a call is the fastest. */
export async function choosePlain(
  spec: BaseSpec,
  { kind, shapes, store, cores }: GraphTarget,
  openPlain: OpenPlain,
): Promise<PlainChoice> {
  const open: OpenPlain = (input, options) => {
    // Reading and compiling a graph needs the most.
    trimHeap();
    return openPlain(input, options);
  };
  const key = choiceKey(spec, shapes);
  const chosen = spec.precision === "float32"
    ? null
    : store.findChoice(key) ?? await measureBfloat16({ shape: shapes[0], cores, open });
  const precision = chosen === null || chosen.plan === null ? "float32" : spec.precision;
  const shape = fastestShape(
    shapes,
    kind,
    (shape) => open({ images: kind, batch: shape.batch }, { shape, cores, precision }),
  );
  return { choice: chosen && { ...chosen, key }, shape };
}
