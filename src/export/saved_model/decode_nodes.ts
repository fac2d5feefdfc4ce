/**
 * Nodes that decode and resize a batch of image files, each of its own size. The files are decoded in a loop that is
 * made of the ops Enter, Merge, Switch, NextIteration and Exit, as tf.map_fn does in TensorFlow 1. These ops are plain
 * nodes, while a loop of TensorFlow 2 would need functions.
 */
import type { Resize } from "../../config.ts";
import { type NodeType, typeAttribute } from "../../engine/tensorflow/capture/graph.ts";
import { NodeList } from "./node_list.ts";
import { addResizeWithPad } from "./resize_nodes.ts";

/** The number of files that are decoded at the same time: the default of tf.map_fn without eager execution. */
const PARALLEL = 10;

/**
 * Adds nodes that turn image files into the pixels that the network takes.
 *
 * @param files a vector of files, string
 * @returns the output with the pixels, float32 n×size×size×3
 */
export function addDecoding(list: NodeList, files: string, size: number, resize: Resize): string {
  const { prefix } = list;
  const pixels: readonly number[] = [size, size, 3];
  const frame = `${prefix}files`;
  const enter = (name: string, input: string, type: NodeType, constant = true) =>
    list.add(`loop/${name}`, "Enter", [input], {
      T: typeAttribute(type),
      frame_name: { kind: "string", value: frame },
      is_constant: { kind: "bool", value: constant },
      parallel_iterations: { kind: "int", value: PARALLEL },
    });
  const shape = list.add("count/shape", "Shape", [files], {
    T: typeAttribute("string"),
    out_type: typeAttribute("int32"),
  });
  const count = list.add("count", "Reshape", [shape, list.int("count/scalar", [], [0])], {
    T: typeAttribute("int32"),
    Tshape: typeAttribute("int32"),
  });
  const array = list.add("array", "TensorArrayV3", [count], {
    dtype: typeAttribute("float32"),
    element_shape: { kind: "shape", value: pixels },
    dynamic_size: { kind: "bool", value: false },
    clear_after_read: { kind: "bool", value: true },
    identical_element_shapes: { kind: "bool", value: true },
    tensor_array_name: { kind: "string", value: "" },
  });
  const zero = list.int("zero", [0]);
  const [all, handle, limit] = [
    enter("files", files, "string"),
    enter("array", array, "resource"),
    enter("limit", count, "int32"),
  ];
  // A loop refers to nodes that are added later, by the names that they will have.
  const variable = (name: string, start: string, type: NodeType) =>
    list.add(`loop/${name}`, "Merge", [enter(`${name}/start`, start, type, false), `${prefix}loop/${name}/next`], {
      T: typeAttribute(type),
      N: { kind: "int", value: 2 },
    });
  const [counter, flow] = [variable("counter", zero, "int32"), variable("flow", `${array}:1`, "float32")];
  const less = list.typed("loop/less", "Less", [counter, limit], "int32");
  const condition = list.add("loop/condition", "LoopCond", [less], {});
  const passed = (name: string, value: string, type: NodeType) =>
    list.typed(`loop/${name}/switch`, "Switch", [value, condition], type);
  const [counterSwitch, flowSwitch] = [passed("counter", counter, "int32"), passed("flow", flow, "float32")];
  const [now, flowNow] = [
    list.typed("loop/counter/now", "Identity", [`${counterSwitch}:1`], "int32"),
    list.typed("loop/flow/now", "Identity", [`${flowSwitch}:1`], "float32"),
  ];
  const body = new NodeList(`${prefix}file/`, [now]);
  const image = addImage(body, all, now, size, resize);
  const written = body.add("written", "TensorArrayWriteV3", [handle, now, image, flowNow], {
    T: typeAttribute("float32"),
  });
  const plusOne = body.typed("plus_one", "AddV2", [now, body.int("one", [1])], "int32");
  list.nodes.push(...body.nodes);
  list.typed("loop/counter/next", "NextIteration", [plusOne], "int32");
  list.typed("loop/flow/next", "NextIteration", [written], "float32");
  const end = list.typed("loop/flow/exit", "Exit", [flowSwitch], "float32");
  const places = list.add("places", "Range", [zero, count, list.int("step", [1])], { Tidx: typeAttribute("int32") });
  return list.add("decoded", "TensorArrayGatherV3", [array, places, end], {
    dtype: typeAttribute("float32"),
    element_shape: { kind: "shape", value: pixels },
  });
}

/** Adds nodes that decode and resize one file. Returns the output with its pixels, size×size×3. */
function addImage(list: NodeList, files: string, index: string, size: number, resize: Resize): string {
  const file = list.add("bytes", "GatherV2", [files, index, list.int("axis", [0])], {
    Tparams: typeAttribute("string"),
    Tindices: typeAttribute("int32"),
    Taxis: typeAttribute("int32"),
    batch_dims: { kind: "int", value: 0 },
  });
  // DecodeJpeg decodes PNG files too. Unlike DecodeImage it has an attribute for the exact inverse DCT, which libvips
  // uses.
  const decoded = list.add("decoded", "DecodeJpeg", [file], {
    channels: { kind: "int", value: 3 },
    ratio: { kind: "int", value: 1 },
    fancy_upscaling: { kind: "bool", value: true },
    try_recover_truncated: { kind: "bool", value: false },
    acceptable_fraction: { kind: "float", value: 1 },
    dct_method: { kind: "string", value: "INTEGER_ACCURATE" },
  });
  const floats = list.cast("floats", decoded, "uint8", "float32");
  const batch = list.add("batch", "ExpandDims", [floats, list.int("batch/axis", [0])], {
    T: typeAttribute("float32"),
    Tdim: typeAttribute("int32"),
  });
  const resized = addResizeWithPad(list, batch, size, resize);
  return list.add("image", "Squeeze", [resized], {
    T: typeAttribute("float32"),
    squeeze_dims: { kind: "int", value: [0] },
  });
}
