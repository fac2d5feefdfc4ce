/** Compiles tfjs-node's C++ sources into the addon that connects JavaScript to TensorFlow. */
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { sentence } from "../../sentence.ts";
import { packageFolder, packageVersion } from "../packages.ts";
import { lastLine, runChild } from "../wheels/child.ts";
import { libraryNames } from "./wheel.ts";

/** Increment this whenever compiler flags or sources change. Engines with another recipe are not used. */
const ADDON_RECIPE = 1;

/** The file name of the addon. */
export const ADDON_NAME = "tfjs_binding.node";

/** The versions of what the addon is built from, except TensorFlow and the compiler. */
export interface AddonParts {
  readonly recipe: number;
  readonly tfjs_node: string;
  readonly node_api_headers: string;
}

/** Returns the current versions. An addon built from other versions is not used. */
export function addonParts(): AddonParts {
  return {
    recipe: ADDON_RECIPE,
    tfjs_node: packageVersion("@tensorflow/tfjs-node"),
    node_api_headers: packageVersion("node-api-headers"),
  };
}

/** A C++ compiler that runs on this machine. */
export interface Compiler {
  /** The program and its first arguments, which CXX may contain, e.g. ["ccache", "g++"]. */
  readonly command: readonly [string, ...string[]];
  /** The first line of its --version output. */
  readonly version: string;
}

/** Returns the first of $CXX, g++ and c++ that runs, or null. If CXX is set, the others are not tried. */
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

/** Returns the error to throw if no compiler was found. */
export function noCompiler(env: (name: string) => string | undefined): HeadlightError {
  const named = env("CXX")?.trim();
  const what = named ? `CXX names the C++ compiler ${named}, which does not run` : "no C++ compiler found (g++ or c++)";
  return new HeadlightError(
    `${what}. Install one (Debian and Ubuntu: apt install g++; macOS: xcode-select --install).`,
    1,
  );
}

/** The inputs and the output of a compilation. */
export interface CompileOptions {
  readonly compiler: Compiler;
  readonly platform: string;
  /** The folder with TensorFlow's libraries and include/. */
  readonly tensorflow: string;
  /**
   * The absolute path of the folder where the addon looks for the libraries when it is loaded, or null for the addon's
   * own folder.
   */
  readonly runtimePath: string | null;
  readonly output: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Compiles the addon in one compiler call, which takes about 11 s.
 *
 * @throws HeadlightError (exit status 1) with the compiler's first error message if it fails
 */
export async function compileAddon(options: CompileOptions): Promise<void> {
  const [program, ...args] = options.compiler.command;
  const result = await runChild(program, [...args, ...compilerArguments(options)], { signal: options.signal });
  if (result?.code === 0) return;
  const output = result?.stderr ?? "";
  const reason = output.split("\n").find((line) => /\b(?:error|undefined reference)\b/i.test(line)) ?? lastLine(output);
  const line = `${program} could not compile tfjs-node's addon: ${sentence(reason.trim() || "it printed nothing")} ` +
    "Set CXX to another C++ compiler.";
  throw new HeadlightError(line, 1);
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
    // On Linux, a TensorFlow on LD_LIBRARY_PATH must not replace the one that the addon was compiled against. On macOS,
    // the functions of Node-API are found in the program that loads the addon.
    ...(mac ? ["-undefined", "dynamic_lookup"] : ["-Wl,--disable-new-dtags"]),
  ];
}
