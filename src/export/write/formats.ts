/** The formats that models are exported to. */
import { HeadlightError } from "../../errors.ts";
import type { ExportFormat, Format } from "../format.ts";
import { keras } from "../keras/keras.ts";
import { onnx } from "../onnx/onnx.ts";
import { savedModel } from "../saved_model/saved_model.ts";
import { tfjs, tfjsPage } from "../tfjs/tfjs.ts";

const FORMATS: Readonly<Record<ExportFormat, Format>> = { keras, savedmodel: savedModel, onnx, tfjs };

/** The formats that can be written as one page that contains everything. */
const PAGES: Readonly<Partial<Record<ExportFormat, Format>>> = { tfjs: tfjsPage };

/**
 * Returns the format for `--to`.
 *
 * @param singleFile whether the export is one page
 * @throws HeadlightError (2) if the format cannot be written as one page
 */
export function formatOf(to: ExportFormat, singleFile: boolean): Format {
  if (!singleFile) return FORMATS[to];
  const page = PAGES[to];
  if (page) return page;
  throw new HeadlightError(
    `--single-file cannot be combined with --to ${to}. Use it with --to ${Object.keys(PAGES).join(" or ")}.`,
  );
}
