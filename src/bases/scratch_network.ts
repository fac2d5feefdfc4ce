/** The description of a network that is trained from scratch, end to end on pixels. */
import type { LayerSpec } from "./layer_spec.ts";

export interface ScratchNetwork {
  /** The name that `--base` accepts. */
  readonly name: string;
  /** The name that people see. */
  readonly displayName: string;
  /** The side of its images, in pixels, where `--size` names no other. */
  readonly defaultSize: number;
  /** The patience of early stopping, in epochs, where `--patience` names no other. */
  readonly defaultPatience: number;
  /** The smallest image side, in pixels, at which every layer still has an output. */
  readonly smallestSize: number;
  /** Its head in the short form of `--head`, where that names no other. */
  readonly head: string;
  /** Returns the layers for size × size images, from `input_layer` to the head. All of them are trained. */
  readonly layers: (size: number) => readonly LayerSpec[];
}
