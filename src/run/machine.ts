/** Describes the machine and the versions with which a run's figures were produced. */
import { createRequire } from "node:module";
import { cpus, hostname, totalmem } from "node:os";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { thisProcessor } from "../engine/processor.ts";
import { PROJECT_ROOT } from "../paths.ts";
import type { RunConfig } from "./folder/run_config.ts";

/** Returns the description of the machine for config.json. */
export function describeMachine(): RunConfig["machine"] {
  return {
    host: hostname(),
    os: `${Deno.build.os} ${Deno.osRelease()} ${Deno.build.arch}`,
    cpu: thisProcessor().model,
    cores: cpus().length,
    memory_bytes: totalmem(),
  };
}

/** Returns Headlight's version. */
export function headlightVersion(): string {
  return versionIn(join(PROJECT_ROOT, "deno.json"));
}

/** Returns the versions of everything in this process that affects a run's figures. */
export function describeVersions(): RunConfig["versions"] {
  const require = createRequire(import.meta.url);
  return {
    headlight: headlightVersion(),
    deno: Deno.version.deno,
    tfjs: versionIn(require.resolve("@tensorflow/tfjs/package.json")),
  };
}

function versionIn(path: string): string {
  return z.object({ version: z.string() }).parse(JSON.parse(readFileSync(path, "utf8"))).version;
}
