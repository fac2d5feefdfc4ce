/** Loads OpenVINO into this process, and TensorFlow when it is first needed. */
import type { BaseEngine } from "../engine.ts";
import { platformName } from "../wheels/pinned.ts";
import { openvinoGraphs } from "./base_graphs.ts";
import type { OpenvinoFiles } from "./files.ts";
import { OpenvinoLibrary } from "./library.ts";
import { libraryNames } from "./wheel.ts";

/**
 * Opens OpenVINO's libraries. TensorFlow, which records graphs, takes a second and 250 MB more, and is the backend of
 * tfjs once it is loaded.
 *
 * @throws HeadlightError (1) if a library of OpenVINO cannot be opened
 */
export function loadOpenvino(
  { libraries, trainer }: OpenvinoFiles,
): Pick<BaseEngine, "version" | "tf" | "baseGraphs"> {
  const library = OpenvinoLibrary.open(libraries, libraryNames(platformName()));
  return {
    version: library.version,
    baseGraphs: openvinoGraphs(library),
    async tf() {
      const { loadTensorflow } = await import("../tensorflow/load.ts");
      return (await loadTensorflow(trainer)).tf;
    },
  };
}
