/** Compiles tfjs-node's own C++ sources into the addon that connects JavaScript to TensorFlow. */
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { packageFolder, packageVersion } from "../packages.ts";
import { lastLine, runChild } from "./child.ts";
import { libraryNames } from "./wheel.ts";

/** Increment this whenever flags or sources change. Engines of another recipe are not used. */
const ADDON_RECIPE = 1;

export const ADDON_NAME = "tfjs_binding.node";

/** What the addon is made of, apart from TensorFlow and the compiler. */
export interface AddonParts {
  readonly recipe: number;
  readonly tfjs_node: string;
  readonly node_api_headers: string;
}

/** What an addon is made of besides TensorFlow: another version of any of it makes another addon. */
export function addonParts(): AddonParts {
  return {
    recipe: ADDON_RECIPE,
    tfjs_node: packageVersion("@tensorflow/tfjs-node"),
    node_api_headers: packageVersion("node-api-headers"),
  };
}

export interface Compiler {
  /** The program and arguments that CXX gave it, e.g. ["ccache", "g++"]. */
  readonly command: readonly [string, ...string[]];
  /** First line of --version. */
  readonly version: string;
}

/** The first of $CXX, g++, c++ that answers, or null. A CXX that is set is the only one that is asked. */
export async function findCompiler(
  env: (name: string) => string | undefined,
  signal?: AbortSignal,
): Promise<Compiler | null> {
  const named = env("CXX")?.trim();
  for (const candidate of named ? [named] : ["g++", "c++"]) {
    const [program = candidate, ...args] = candidate.split(/\s+/);
    const result = await runChild(program, [...args, "--version"], { signal });
    if (result?.code === 0) {
      const version = result.stdout.split("\n")[0]?.trim() || candidate;
      return { command: [program, ...args], version };
    }
  }
  return null;
}

/** What to say where there is no compiler. */
export function noCompiler(env: (name: string) => string | undefined): HeadlightError {
  const named = env("CXX")?.trim();
  const what = named
    ? `the C++ compiler ${named} that CXX names does not run`
    : "there is no C++ compiler (g++ or c++)";
  return new HeadlightError(
    `${what}; install one (Debian and Ubuntu: apt install g++; macOS: xcode-select --install)`,
    1,
  );
}

export interface CompileOptions {
  readonly compiler: Compiler;
  readonly platform: string;
  /** The folder with TensorFlow's libraries and include/. */
  readonly tensorflow: string;
  /** Where the addon looks for the libraries when it is loaded: absolute, or null for its own folder. */
  readonly runtimePath: string | null;
  readonly output: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * One compiler call, about 11 s.
 *
 * @throws {HeadlightError} the compiler failed; the line holds its first error
 */
export async function compileAddon(options: CompileOptions): Promise<void> {
  const [program, ...args] = options.compiler.command;
  const result = await runChild(program, [...args, ...compilerArguments(options)], { signal: options.signal });
  if (result?.code === 0) return;
  const output = result?.stderr ?? "";
  const reason = output.split("\n").find((line) => /\b(?:error|undefined reference)\b/i.test(line)) ?? lastLine(output);
  throw new HeadlightError(`${program} could not compile tfjs-node's addon: ${reason.trim() || "it said nothing"}`, 1);
}

function compilerArguments({ platform, tensorflow, runtimePath, output }: CompileOptions): string[] {
  const sources = join(packageFolder("@tensorflow/tfjs-node"), "binding");
  const mac = platform.startsWith("darwin-");
  const runtime = runtimePath ?? (mac ? "@loader_path" : "$ORIGIN");
  return [
    ...["-O2", "-std=c++17", "-fPIC", "-shared", "-DNAPI_VERSION=8"],
    ...["-I", join(packageFolder("node-api-headers"), "include"), "-I", join(tensorflow, "include")],
    ...[join(sources, "tfjs_backend.cc"), join(sources, "tfjs_binding.cc"), "-o", output],
    ...libraryNames(platform).map((name) => join(tensorflow, name)),
    `-Wl,-rpath,${runtime}`,
    // Linux: a TensorFlow on LD_LIBRARY_PATH must not take the place of the one compiled against. macOS: Node-API's
    // functions are found in the program that loads the addon.
    ...(mac ? ["-undefined", "dynamic_lookup"] : ["-Wl,--disable-new-dtags"]),
  ];
}
