/** Opens CUDA's libraries before TensorFlow asks for them by name. */
import { basename } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { sentence } from "../../sentence.ts";

/**
 * Opens libraries in this process. The loader then finds them by their names wherever they are. TensorFlow's own search
 * path is only right for pip's layout, and not even there for cuSOLVER: libtensorflow_framework opens it, which has no
 * search path.
 *
 * @param paths in an order in which each finds those that it needs itself
 * @throws HeadlightError (1) with the loader's reason
 */
export function openLibraries(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      Deno.dlopen(path, {});
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new HeadlightError(
        `CUDA's library ${basename(path)} cannot be opened: ${sentence(why)} Run deno task engine cuda.`,
        1,
        { cause: error },
      );
    }
  }
}
