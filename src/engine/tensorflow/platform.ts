/** Checks whether TensorFlow can run on the platform. */
import { HeadlightError } from "../../errors.ts";
import { readCpuinfo } from "../processor.ts";

/**
 * Checks the platform before 274 MB are downloaded.
 *
 * @throws HeadlightError (exit status 1) on Windows, and on a processor without AVX
 */
export function requirePlatform(platform: string): void {
  if (platform.startsWith("windows-")) {
    throw new HeadlightError("TensorFlow for Node.js needs Linux or macOS. On Windows, run Headlight inside WSL2.", 1);
  }
  if (platform !== "linux-x86_64") return;
  const flags = /^flags\s*:(.*)$/m.exec(readCpuinfo())?.[1];
  if (flags === undefined || /\bavx\b/.test(flags)) return;
  throw new HeadlightError("this processor has no AVX, which a prebuilt TensorFlow needs. Use --engine wasm.", 1);
}
