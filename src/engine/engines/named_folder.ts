/** The folder with an engine's libraries that a person named. Looked at before a run starts: loads no engine. */
import type { EngineRequest } from "../../config.ts";
import { HeadlightError } from "../../errors.ts";
import type { NamedFolderOptions } from "../tensorflow/named_folder.ts";
import { requestedEngines } from "./list.ts";

/**
 * Returns the folder that was named, absolute; undefined where none was, or where the engine would not use
 * HEADLIGHT_TENSORFLOW.
 *
 * @throws HeadlightError (2): it holds no TensorFlow that can be used, or the engine that was asked for takes no folder
 */
export async function checkNamedFolder(
  request: EngineRequest,
  options: NamedFolderOptions,
): Promise<string | undefined> {
  if (!requestedEngines(request).some(({ capabilities }) => capabilities.namedFolder)) {
    if (options.tensorflow === undefined) return undefined;
    throw new HeadlightError(`--tensorflow cannot be combined with --engine ${request}. Remove one of them`);
  }
  // Most runs name none: they need not wait for what looks at a folder.
  const { namedFolder } = await import("../tensorflow/named_folder.ts");
  return namedFolder(options);
}
