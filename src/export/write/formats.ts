/** The formats that models are exported to. */
import type { ExportFormat, Format } from "../format.ts";
import { keras } from "../keras/keras.ts";
import { onnx } from "../onnx/onnx.ts";

export const FORMATS: Readonly<Record<ExportFormat, Format>> = { keras, onnx };
