/** The rules of all types of layers. The rule of a new type belongs in one of the groups. */
import type { LayerSpec, LayerType } from "../../../bases/layer_spec.ts";
import type { Rule, Rules } from "../graph/layer.ts";
import { convolutions } from "./convolutions.ts";
import { elementwise } from "./elementwise.ts";
import { merging } from "./merging.ts";
import { normalization } from "./normalization.ts";
import { pooling } from "./pooling.ts";
import { shaping } from "./shaping.ts";

const RULES: Rules<LayerType> = {
  ...shaping,
  ...convolutions,
  ...normalization,
  ...elementwise,
  ...pooling,
  ...merging,
};

/** Returns the rule for layers of this type. */
export function ruleOf(type: LayerType): Rule<LayerSpec> {
  return RULES[type];
}
