/** Makes the Python environment for the tests that need one: `deno task fetch-test-python`. */
import { ensureVenv } from "./venv.ts";
import { sayOnStderr } from "../bench/progress.ts";
import { errorLine } from "../../src/errors.ts";

try {
  console.log(await ensureVenv(undefined, sayOnStderr()));
} catch (error) {
  console.error(errorLine(error));
  Deno.exit(1);
}
