/** The formats that models are exported to. */
import type { ExportFormat, Format } from "../format.ts";
import { keras } from "../keras/keras.ts";
import { onnx } from "../onnx/onnx.ts";
import { savedModel } from "../saved_model/saved_model.ts";
import { tfjs } from "../tfjs/tfjs.ts";

export const FORMATS: Readonly<Record<ExportFormat, Format>> = { keras, savedmodel: savedModel, onnx, tfjs };
