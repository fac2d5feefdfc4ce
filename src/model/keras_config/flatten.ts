/** From the config of a Keras model to a flat list of its layers. Layers of nested models become layers of the list. */
import { at, valueOf } from "../../at.ts";
import { HeadlightError } from "../../errors.ts";
import { stripControl } from "../../text.ts";
import {
  batchShape,
  damagedConfig,
  type InputShape,
  inputShape,
  isModel,
  type LayerConfig,
  layerConfigSchema,
  layerName,
  type ModelConfig,
  modelConfig,
} from "./config_schema.ts";
import { type Dialect, type LayerReading, readLayerKind } from "./layer_kind.ts";
import { endLayers, type LayerCall, layerCalls, type TensorSource } from "./nodes.ts";
import { isCountedOut, isOperation, readOperation } from "./operation_kind.ts";
import { withReversals } from "./reversed_channels.ts";
import { GroupNames, type WeightPlace } from "./weight_place.ts";

export interface KerasLayer {
  /** Unique in the list. */
  readonly name: string;
  readonly className: string;
  /** The names of the layers that it takes its input from. Empty for the input layer alone. */
  readonly inputs: readonly string[];
  readonly reading: LayerReading;
  readonly place: WeightPlace;
}

export interface KerasModel {
  readonly name: string;
  /** The layers without the input layer; each comes after its inputs. */
  readonly layers: readonly KerasLayer[];
  /** The name of the input layer. */
  readonly input: string;
  readonly inputShape: InputShape;
  /** The name of the layer that makes the output. */
  readonly output: string;
  /** For each nested model, the name of the layer that makes its output. */
  readonly nested: ReadonlyMap<string, string>;
  /** The names of its classes, if Headlight wrote the file. Keras's own files have none. */
  readonly classNames?: readonly string[];
}

/** The maximum number of layers, and of models within models. */
const MOST_LAYERS = 5000;
const MOST_LEVELS = 16;
/** Keras writes layers in order, so one pass over the list places them all. */
const MOST_PASSES = 1000;

/**
 * Returns the layers of a model.
 *
 * @param config the model's config, as Keras writes it to config.json or to the attribute model_config
 * @throws HeadlightError if it is not the config of a model with one input and one output, or shares a layer
 */
export function flattenModel(config: unknown, dialect: Dialect): KerasModel {
  const layer = layerConfigSchema.safeParse(config).data;
  if (!layer) throw damagedConfig();
  if (!isModel(layer)) {
    throw new HeadlightError(
      `it contains a model of the class ${stripControl(layer.class_name)}, which is defined in Python code. ` +
        "Use a Functional or Sequential model.",
    );
  }
  return new Flattening(dialect).run(layer);
}

/** Where a model is within the outermost one. */
interface Scope {
  /** The names of the layers that make its inputs; null for the outermost model. */
  readonly given: readonly string[] | null;
  /** Prefix of the paths of its layers in Keras 3's files. */
  readonly path: string;
  /** The legacy group of its layers; null if each has its own. */
  readonly group: string | null;
  readonly trainable: boolean;
  readonly levels: number;
}

/** The call of a layer in a sequential model. */
const CHAINED: LayerCall = { inputs: [{ layer: "", output: 0 }], constants: [], tensorFirst: true };

class Flattening {
  readonly #layers: KerasLayer[] = [];
  readonly #names = new Set<string>();
  readonly #nested = new Map<string, string>();
  #input: { readonly name: string; readonly shape: InputShape } | null = null;

  constructor(private readonly dialect: Dialect) {}

  run(layer: LayerConfig): KerasModel {
    const config = modelConfig(layer);
    const output = this.#model(config, { given: null, path: "", group: null, trainable: true, levels: 0 });
    if (!this.#input) throw damagedConfig();
    return {
      name: stripControl(config.name ?? "model"),
      layers: this.#layers,
      input: this.#input.name,
      inputShape: this.#input.shape,
      output,
      nested: this.#nested,
    };
  }

  /** Adds the layers of a model. Returns the name of the layer that makes its output. */
  #model(config: ModelConfig, scope: Scope): string {
    if (scope.levels > MOST_LEVELS) throw damagedConfig();
    return config.sequential ? this.#sequential(config, scope) : this.#functional(config, scope);
  }

  #sequential(config: ModelConfig, scope: Scope): string {
    const groups = new GroupNames();
    const [first] = config.layers;
    if (!first) throw damagedConfig();
    let last = scope.given === null
      ? this.#startOf(config, first)
      : requireOne(scope.given, `model ${config.name}`, "inputs");
    for (const layer of config.layers) {
      if (layer.class_name === "InputLayer") continue;
      last = this.#add(layer, [last], { call: CHAINED, group: groups.next(layer.class_name), scope, config });
    }
    return last;
  }

  /** The input layer of a sequential model. Keras 2 may write its shape into the first layer instead. */
  #startOf(config: ModelConfig, first: LayerConfig): string {
    const nested = isModel(first) ? modelConfig(first) : null;
    const inner = nested?.layers[0];
    const shape = inputShape(first.config) ?? batchShape(config.build_input_shape) ??
      (inner && inputShape(inner.config));
    if (!shape) {
      throw new HeadlightError(
        "its config has no input shape. Build the model before saving it: model.build((None, height, width, 3)).",
      );
    }
    const name = first.class_name === "InputLayer" ? layerName(first) : "input_layer";
    return this.#setInput(name, shape);
  }

  #functional(config: ModelConfig, scope: Scope): string {
    const outputs = new Map<string, string>();
    this.#connectInputs(config, scope, outputs);
    const groups = new GroupNames();
    let waiting = withReversals(config.layers).filter(({ class_name }) => class_name !== "InputLayer")
      .map((layer) => ({ layer, group: isCountedOut(layer) ? "" : groups.next(layer.class_name) }));
    for (let pass = 0; waiting.length > 0; pass++) {
      const left = waiting.filter(({ layer, group }) => {
        const call = onlyCall(layer);
        if (!call.inputs.every(({ layer }) => outputs.has(layer))) return true;
        const inputs = call.inputs.map((source) => valueOf(outputs, onlyOutput(source)));
        if (outputs.has(layerName(layer))) throw damagedConfig();
        outputs.set(layerName(layer), this.#add(layer, inputs, { call, group, scope, config }));
        return false;
      });
      if (left.length === waiting.length || pass > MOST_PASSES) throw damagedConfig();
      waiting = left;
    }
    const ends = endLayers(config.output_layers).map((source) => {
      const name = outputs.get(onlyOutput(source));
      if (name === undefined) throw damagedConfig();
      return name;
    });
    return requireOne(ends, `model ${config.name}`, "outputs");
  }

  /** Notes what each input layer of a functional model stands for. */
  #connectInputs(config: ModelConfig, { given }: Scope, outputs: Map<string, string>): void {
    const starts = endLayers(config.input_layers).map(({ layer }) => layer);
    if (given === null) {
      const name = requireOne(starts, "the model", "inputs");
      const layer = config.layers.find((layer) => layerName(layer) === name);
      const shape = layer && inputShape(layer.config);
      if (!shape) throw damagedConfig();
      outputs.set(name, this.#setInput(name, shape));
      return;
    }
    if (starts.length !== given.length) throw damagedConfig();
    for (const [index, name] of starts.entries()) outputs.set(name, at(given, index));
  }

  #setInput(name: string, shape: InputShape): string {
    const unique = this.#uniqueName(name, "input");
    this.#input = { name: unique, shape };
    return unique;
  }

  #add(
    layer: LayerConfig,
    inputs: readonly string[],
    { call, group, scope, config }: {
      readonly call: LayerCall;
      /** Keras 3's name of the layer's group. */
      readonly group: string;
      readonly scope: Scope;
      readonly config: ModelConfig;
    },
  ): string {
    const own = layerName(layer);
    const path = `${scope.path}layers/${group}`;
    const trainable = scope.trainable && config.trainable !== false && isTrainable(layer);
    if (isModel(layer)) {
      const nested = modelConfig(layer);
      const output = this.#model(nested, {
        given: inputs,
        path: `${path}/`,
        group: scope.group ?? own,
        trainable,
        levels: scope.levels + 1,
      });
      this.#nested.set(plainName(own), output);
      return output;
    }
    if (this.#layers.length >= MOST_LAYERS) throw new HeadlightError(`it has more than ${MOST_LAYERS} layers.`);
    const name = this.#uniqueName(own, config.name ?? "model");
    this.#layers.push({
      name,
      className: stripControl(layer.class_name),
      inputs,
      reading: readingOf(layer, call, this.dialect),
      place: { layer: own, group: scope.group ?? own, nested: scope.group !== null, trainable, path },
    });
    return name;
  }

  /** Returns the name, with that of its model in front or a number behind if another layer has it. */
  #uniqueName(name: string, model: string): string {
    const plain = plainName(name);
    let unique = this.#names.has(plain) ? `${plainName(model)}_${plain}` : plain;
    for (let number = 1; this.#names.has(unique); number++) unique = `${plain}_${number}`;
    this.#names.add(unique);
    return unique;
  }
}

/** Returns a name as Keras 3 and the terminal accept it. */
function plainName(name: string): string {
  return stripControl(name).replaceAll("/", "_");
}

function isTrainable({ config }: LayerConfig): boolean {
  return Array.isArray(config) || config["trainable"] !== false;
}

/** Kinds that take several inputs. */
const MERGING = ["Concatenate", "Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract"];

function readingOf(layer: LayerConfig, call: LayerCall, dialect: Dialect): LayerReading {
  if (isOperation(layer, call)) return readOperation(layer, call);
  const name = stripControl(layer.class_name);
  const { length } = call.inputs;
  const reading = readLayerKind(name, layer.config, dialect);
  if ("unknownClass" in reading) return reading;
  if (MERGING.includes(name) ? length < 2 || (name === "Subtract" && length > 2) : length !== 1) {
    return { unsupported: `${name} with ${length} input${length === 1 ? "" : "s"}` };
  }
  return reading;
}

/** @throws HeadlightError if the layer is used more than once */
function onlyCall(layer: LayerConfig): LayerCall {
  const calls = layerCalls(layer.inbound_nodes ?? []);
  if (calls.length > 1) {
    throw new HeadlightError(
      `layer ${stripControl(layerName(layer))} is used in ${calls.length} places. Shared layers are not supported.`,
    );
  }
  const [call] = calls;
  if (!call || call.inputs.length === 0) throw damagedConfig();
  return call;
}

function onlyOutput({ layer, output }: TensorSource): string {
  if (output === 0) return layer;
  throw new HeadlightError(`layer ${stripControl(layer)} has several outputs. Only one is supported.`);
}

function requireOne(names: readonly string[], whose: string, what: string): string {
  const [name] = names;
  if (name !== undefined && names.length === 1) return name;
  throw new HeadlightError(`${stripControl(whose)} has ${names.length} ${what}. Only models with one are supported.`);
}
