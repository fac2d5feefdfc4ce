/** The ops that a graph for tfjs may contain. */
import { HeadlightError } from "../../errors.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";

/** The ops in the lists of tfjs-converter 4.22 (dist/operations/op_list) that layers can be recorded as. */
export const KNOWN_OPS: ReadonlySet<string> = new Set([
  ...["Placeholder", "Const", "Identity", "Cast", "Reshape", "Squeeze", "ExpandDims", "Pad", "PadV2", "MirrorPad"],
  ...["Add", "AddV2", "BiasAdd", "Sub", "Mul", "RealDiv", "Maximum", "Minimum", "Pow", "SquaredDifference"],
  ...["Abs", "Neg", "Exp", "Log", "Sqrt", "Rsqrt", "Square", "Erf", "Tanh", "Sigmoid", "Softplus"],
  ...["Greater", "GreaterEqual", "Less", "LessEqual", "Equal", "NotEqual", "Select", "SelectV2"],
  ...["LogicalAnd", "LogicalOr", "LogicalNot"],
  ...["Elu", "Selu", "Relu", "Relu6", "LeakyRelu", "Prelu", "ClipByValue", "Softmax", "LogSoftmax"],
  ...["Conv2D", "_FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative", "AvgPool", "MaxPool"],
  ...["MatMul", "BatchMatMul", "BatchMatMulV2", "Transpose"],
  ...["FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"],
  ...["Max", "Mean", "Min", "Sum", "Prod"],
  ...["ConcatV2", "GatherV2", "ReverseV2", "Slice", "StridedSlice", "Pack", "Unpack", "Split", "Tile", "BroadcastTo"],
  ...["ResizeBilinear", "ResizeNearestNeighbor"],
]);

/**
 * Checks the ops of a graph.
 *
 * @param name the model's name, for the message
 * @throws HeadlightError (2) that names an op which tfjs does not have
 */
export function checkOps(name: string, { nodes }: Pick<Graph, "nodes">): void {
  const unknown = nodes.find(({ op }) => !KNOWN_OPS.has(op));
  if (!unknown) return;
  throw new HeadlightError(
    `${name} cannot be exported for TensorFlow.js, which does not have the op ${unknown.op}. Choose another format ` +
      "with --to.",
  );
}
