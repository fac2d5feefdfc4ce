/** The ops that a graph for tfjs may have. */
import { HeadlightError } from "../../errors.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";

/** Those of tfjs-converter 4.22's lists (dist/operations/op_list) that layers can be made of. */
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

/** Checks a graph. @throws HeadlightError (2) that names the op that tfjs does not have */
export function checkOps(name: string, { nodes }: Pick<Graph, "nodes">): void {
  const unknown = nodes.find(({ op }) => !KNOWN_OPS.has(op));
  if (!unknown) return;
  throw new HeadlightError(
    `${name} cannot be exported for TensorFlow.js, which does not have the op ${unknown.op}. Export it to another format`,
  );
}
