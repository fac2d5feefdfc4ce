/** Converts an exported model to an ONNX model, from pixels to probabilities. */
import project from "../../../deno.json" with { type: "json" };
import { at } from "../../at.ts";
import type { ExportedModel } from "../exported_model.ts";
import { networkGraph } from "./network_graph.ts";
import type { Dimension, ModelProto, ValueInfoProto } from "./graph/proto.ts";

/**
 * The version of the operators. Version 17 is from 2022 and was PyTorch's default for years, so every maintained
 * runtime supports it. No rule needs a later one.
 */
const OPSET = 17;
/** The version of the file format that belongs to opset 17, of ONNX 1.12. Older runtimes refuse later ones. */
const IR_VERSION = 8;

/** The names of the model's input and output. */
export const INPUT = "pixels";
export const OUTPUT = "probabilities";
/** The key of the class names in the model's metadata: a JSON list, in the order of the probabilities. */
export const CLASSES = "classes";

/**
 * Returns the ONNX model. Its input is float32 [batch, size, size, 3], pixels of 0…255, and its output float32
 * [batch, classes], probabilities.
 *
 * @throws HeadlightError (2) if ONNX cannot express a layer; the message names the layer
 */
export function onnxModel(model: ExportedModel): ModelProto {
  const { input, output, ...nodes } = networkGraph(model, { inputs: [INPUT], output: OUTPUT });
  const size = `${model.size}×${model.size}`;
  return {
    ir_version: IR_VERSION,
    opset_import: [{ domain: "", version: OPSET }],
    producer_name: "Headlight",
    producer_version: project.version,
    doc_string: `Classifies images of ${size} pixels. The metadata entry "${CLASSES}" has the names of the classes.`,
    graph: {
      ...nodes,
      name: model.name,
      doc_string: "",
      input: [imageInput(at(input, 0), `RGB images of ${size}, values 0 to 255, not scaled`)],
      output: [{
        ...at(output, 0),
        doc_string: `One probability per class, in the order of the metadata "${CLASSES}"`,
      }],
    },
    metadata_props: [
      { key: CLASSES, value: JSON.stringify(model.classes) },
      // The standard metadata about the images that a model takes (ONNX's MetadataProps.md).
      { key: "Image.BitmapPixelFormat", value: "Rgb8" },
      { key: "Image.ColorSpaceGamma", value: "SRGB" },
      { key: "Image.NominalPixelRange", value: "NominalRange_0_255" },
    ],
  };
}

/** Adds the standard words for the input's axes (ONNX's TypeDenotation.md and DimensionDenotation.md). */
function imageInput({ name, type: { tensor_type } }: ValueInfoProto, doc: string): ValueInfoProto {
  const axes = ["DATA_BATCH", "DATA_FEATURE", "DATA_FEATURE", "DATA_CHANNEL"];
  const dim = tensor_type.shape.dim.map((extent, axis): Dimension => ({ ...extent, denotation: at(axes, axis) }));
  return {
    name,
    type: { tensor_type: { ...tensor_type, shape: { dim } }, denotation: "IMAGE" },
    doc_string: doc,
  };
}
