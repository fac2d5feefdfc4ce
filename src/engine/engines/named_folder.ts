/** Checks the folder with an engine's libraries that the person named, before a run starts. Loads no engine. */
import type { EngineRequest } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import type { NamedFolderOptions } from "../tensorflow/named_folder.ts";
import { requestedEngines } from "./list.ts";

/**
 * Returns the absolute path of the named folder. Returns undefined if none was named, or if HEADLIGHT_TENSORFLOW names
 * one but the requested engine does not use it.
 *
 * @throws HeadlightError (exit status 2) if the folder contains no usable TensorFlow, or if the requested engine
 * accepts no folder
 */
export async function checkNamedFolder(
  request: EngineRequest,
  options: NamedFolderOptions,
): Promise<string | undefined> {
  if (!requestedEngines(request).some(({ capabilities }) => capabilities.namedFolder)) {
    if (options.tensorflow === undefined) return undefined;
    throw new HeadlightError(`--tensorflow cannot be combined with --engine ${request}. Remove one of them.`);
  }
  // A dynamic import, because most runs name no folder and must not wait for this module.
  const { namedFolder } = await import("../tensorflow/named_folder.ts");
  return namedFolder(options);
}
