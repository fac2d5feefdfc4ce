/** All kinds of layers. A new kind is an entry in one of the groups, and its arguments in src/bases/layer_spec.ts. */
import type { LayerSpec, LayerType } from "../../bases/layer_spec.ts";
import { convolutions } from "./convolutions.ts";
import { elementwise } from "./elementwise.ts";
import type { Kind, Kinds } from "./kind.ts";
import { merging } from "./merging.ts";
import { normalization } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { shaping } from "./shaping.ts";

const KINDS: Kinds<LayerType> = {
  ...shaping,
  ...convolutions,
  ...normalization,
  ...elementwise,
  ...pooling,
  ...merging,
};

/** The types of all layers that the program knows. */
export const LAYER_TYPES = Object.keys(KINDS) as readonly LayerType[];

/** Returns the kind of a layer of this type. */
export function kindOf(type: LayerType): Kind<LayerSpec> {
  return KINDS[type];
}
