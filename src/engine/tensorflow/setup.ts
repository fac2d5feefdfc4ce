/**
 * Sets up TensorFlow on this machine, once. The sources are tried in this order: the folder that the person named, a
 * TensorFlow in the machine's Python, the pinned wheel.
 */
import { dirname, join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { sentence } from "../../sentence.ts";
import { removeIfThere } from "../../files/atomic.ts";
import { useEntry } from "../../files/use.ts";
import type { SetupRequest } from "../engine.ts";
import { enginesFolder, makeAside, takeIntoUse, underSetupLock } from "../wheels/folders.ts";
import { removeWheels } from "../wheels/kept.ts";
import { platformName, type Wheel } from "../wheels/pinned.ts";
import { atMostEvery } from "../wheels/progress.ts";
import { ADDON_NAME, addonParts, compileAddon, type Compiler, findCompiler, noCompiler } from "./addon.ts";
import { fetchLibraries, keptWheels } from "./fetch.ts";
import type { TensorflowFiles } from "./files.ts";
import { type FirstFormatEngine, linkFiles, listFirstFormat } from "./first_format.ts";
import { gpuBuildOf } from "./gpu_build.ts";
import { findInPython, inspectFolder, requireRecent } from "./source.ts";
import { requirePlatform } from "./platform.ts";
import { type EngineSource, listEngines, publish, removeBroken, type Stamp, type StoredEngine } from "./store.ts";
import { type Tried, type VerifyAddon, verifyAddon } from "./verify.ts";
import { libraryNames, wheelFor } from "./wheel.ts";

/** The options of the setup. Tests replace large parts with small ones. */
export interface SetupOptions extends SetupRequest {
  readonly env?: (name: string) => string | undefined;
  readonly platform?: string;
  readonly python?: string;
  readonly wheel?: Wheel | null;
  readonly verify?: VerifyAddon;
  /** Uses only the wheel, also if Python has a TensorFlow. */
  readonly largeWheel?: LargeWheel | undefined;
}

/** A wheel that is used whatever else is on the machine. */
export interface LargeWheel {
  /** What the progress says is downloaded. */
  readonly what: string;
}

type Optional = "folder" | "signal" | "largeWheel" | "gpu" | "tf32" | "automatic";
type Setup = Required<Omit<SetupOptions, Optional>> & Pick<SetupOptions, Optional>;

/** The result of the setup. */
export interface SetupResult {
  readonly files: TensorflowFiles;
  /** Notices for the person, e.g. that the TensorFlow found in Python could not be used. */
  readonly notices: readonly string[];
}

/** Fills in the defaults of the options that a test may replace. */
function complete(options: SetupOptions): Setup {
  const platform = options.platform ?? platformName();
  return {
    env: (name) => Deno.env.get(name),
    python: "python3",
    wheel: wheelFor(platform),
    verify: verifyAddon,
    ...options,
    platform,
    onProgress: atMostEvery(100, options.onProgress),
  };
}

/**
 * Returns an engine that was set up before and matches the options, or null. Starts no processes. Without a named
 * folder, the first matching engine is used as long as its files are intact, even if a TensorFlow is later installed in
 * Python.
 *
 * @throws HeadlightError (exit status 2) if the named folder contains no usable TensorFlow
 */
export function findTensorflow(options: SetupOptions): StoredEngine | null {
  return listEngines(enginesFolder(options.cacheRoot)).find(fitting(options)) ?? null;
}

/** Returns an engine of the first format that `setUpTensorflow` would reuse, or null. Starts no processes. */
export function findEarlier(options: SetupOptions): FirstFormatEngine | null {
  return listFirstFormat(enginesFolder(options.cacheRoot)).find(fitting(options)) ?? null;
}

/** Returns a function that tells whether an engine matches the options, by its source, platform and addon. */
function fitting(options: SetupOptions): (engine: { stamp: Pick<Stamp, "platform" | "addon" | "source"> }) => boolean {
  const { platform, wheel, folder, largeWheel } = complete(options);
  const path = folder === undefined ? null : inspectFolder(folder, platform).path;
  const parts = JSON.stringify(addonParts());
  return ({ stamp }) => {
    if (stamp.platform !== platform || JSON.stringify(stamp.addon) !== parts) return false;
    const { source } = stamp;
    if (path !== null) return source.kind === "folder" && source.path === path;
    if (source.kind === "wheel") return source.sha256 === wheel?.sha256;
    return source.kind === "python" && largeWheel === undefined;
  };
}

/**
 * Returns a TensorFlow that is ready to be loaded. Takes it from the cache in a few milliseconds, or sets it up there
 * with progress reports.
 *
 * If two processes call this at the same time, one does the work and the other waits. After an interrupted setup, the
 * next one starts over, except that it goes on with the download, and reuses a finished one after verifying it.
 *
 * The engine is in use until this process exits, so `cache clear` keeps it.
 *
 * @throws HeadlightError with exit status 2 if the named folder contains no usable TensorFlow, with 1 if TensorFlow
 * could not be downloaded or built
 */
export async function setUpTensorflow(options: SetupOptions): Promise<SetupResult> {
  const setup = complete(options);
  const stored = await taken(findTensorflow(options));
  if (stored) return { files: await filesOf(stored, setup), notices: [] };
  requirePlatform(setup.platform);
  const engines = enginesFolder(setup.cacheRoot);
  return await underSetupLock(engines, "TensorFlow", setup, async () => {
    const made = await taken(findTensorflow(options));
    if (made) return { files: await filesOf(made, setup), notices: [] };
    removeBroken(engines);
    const earlier = findEarlier(options);
    const result = earlier
      ? { files: await filesOf(await takeOver(setup, engines, earlier), setup), notices: [] }
      : await buildFirst(setup, engines);
    await useEntry(dirname(result.files.addon));
    return result;
  });
}

/**
 * Returns the wheels that `setUpTensorflow` downloads: none if there is an engine, or a TensorFlow in Python or in a
 * named folder.
 */
export async function wheelsToDownload(options: SetupOptions): Promise<Wheel[]> {
  const { folder, wheel, largeWheel, python, platform, signal } = complete(options);
  if (folder !== undefined || wheel === null) return [];
  if (findTensorflow(options) !== null || findEarlier(options) !== null) return [];
  const isInPython = largeWheel === undefined && await findInPython(python, platform, signal) !== null;
  return isInPython ? [] : [wheel];
}

/** Takes an engine into use. Returns null if there is none, or if `cache clear` has just deleted it. */
async function taken(engine: StoredEngine | null): Promise<StoredEngine | null> {
  return engine !== null && await takeIntoUse(engine.directory) ? engine : null;
}

/**
 * Returns the files to load and the device that they compute on. A build for CUDA computes on the processor too,
 * because GPUs are hidden from it: CUDA is an engine of its own. A build for other GPUs is loaded in a separate process
 * each time (about 2 s) to find out, because the device depends on the driver.
 */
async function filesOf({ addon, stamp }: StoredEngine, { verify, signal }: Setup): Promise<TensorflowFiles> {
  const device = stamp.gpu === "rocm" ? (await verify(addon, stamp.gpu, signal)).device : "cpu";
  return { kind: "tensorflow", version: stamp.tensorflow, addon, device };
}

/** Builds the engine from the first source that works. */
async function buildFirst(setup: Setup, engines: string): Promise<SetupResult> {
  const { folder, platform, signal } = setup;
  const compiler = await findCompiler(setup.env, signal);
  if (compiler === null) throw noCompiler(setup.env);
  if (folder !== undefined) {
    const { path } = inspectFolder(folder, platform);
    return { files: await build(setup, engines, compiler, { kind: "folder", path }), notices: [] };
  }
  const installed = setup.largeWheel === undefined ? await lookInPython(setup) : null;
  const refusals: string[] = [];
  if (installed) {
    try {
      const files = await build(setup, engines, compiler, { kind: "python", path: installed.path });
      return { files, notices: [] };
    } catch (error) {
      if (!(error instanceof HeadlightError)) throw error;
      refusals.push(`The TensorFlow in ${installed.path} cannot be used: ${sentence(error.message)}`);
    }
  }
  try {
    const files = await build(setup, engines, compiler, wheelSource(setup));
    return { files, notices: refusals.map((text) => `${text} A downloaded TensorFlow is used instead.`) };
  } catch (error) {
    if (!(error instanceof HeadlightError) || refusals.length === 0) throw error;
    throw new HeadlightError([error.message, ...refusals].join(" "), error.exitStatus, { cause: error });
  }
}

function lookInPython({ onProgress, python, platform, signal }: Setup): ReturnType<typeof findInPython> {
  onProgress({ label: "looking for a TensorFlow in Python", done: 0, total: 0, unit: "steps" });
  return findInPython(python, platform, signal);
}

/**
 * Returns the pinned wheel as the source of an engine.
 *
 * @throws HeadlightError (exit status 1) if there is none for the platform
 */
function wheelSource({ wheel, platform }: Setup): EngineSource {
  if (wheel !== null) {
    return { kind: "wheel", package: wheel.package, version: wheel.version, sha256: wheel.sha256 };
  }
  const remedy = "Install TensorFlow in Python, or name its folder with --tensorflow.";
  throw new HeadlightError(`there is no TensorFlow wheel for ${platform}. ${remedy}`, 1);
}

/** Builds the engine in a temporary folder, tests it, and moves it into place. */
async function build(
  setup: Setup,
  engines: string,
  compiler: Compiler,
  source: EngineSource,
): Promise<TensorflowFiles> {
  const { platform, onProgress, signal } = setup;
  const step = (label: string, done: number) => onProgress({ label, done, total: 1, unit: "steps" });
  const aside = makeAside(engines);
  try {
    const fetched = source.kind === "wheel";
    if (fetched) await fetchLibraries(aside, { ...setup, engines, large: setup.largeWheel });
    const tensorflow = fetched ? aside : source.path;
    const addon = join(aside, ADDON_NAME);
    step("compiling tfjs-node's addon", 0);
    const runtimePath = fetched ? null : tensorflow;
    await compileAddon({ compiler, platform, tensorflow, runtimePath, output: addon, signal });
    step("compiling tfjs-node's addon", 1);
    step("testing TensorFlow", 0);
    const gpu = await gpuBuildOf(tensorflow, platform, signal);
    const { version, device }: Tried = await setup.verify(addon, gpu, signal);
    requireRecent(version, tensorflow);
    step("testing TensorFlow", 1);
    step("writing TensorFlow to the disk", 0);
    // The headers are no longer needed.
    removeIfThere(join(aside, "include"));
    // An upgrade may replace a package's libraries in place, so the stamp includes those outside the engine's folder
    // too.
    const libraries = libraryNames(platform).map((name) => fetched ? name : join(tensorflow, name));
    const stamp = { tensorflow: version, platform, gpu, source, addon: addonParts(), compiler: compiler.version };
    const engine = await publish(engines, aside, stamp, [ADDON_NAME, ...libraries]);
    if (fetched) removeWheels(keptWheels(engines, setup.largeWheel !== undefined));
    return { kind: "tensorflow", version, addon: engine.addon, device };
  } catch (error) {
    removeIfThere(aside);
    throw error;
  }
}

/**
 * Publishes an engine of the first format again, with a stamp of the current format. Downloads and compiles nothing.
 */
async function takeOver(setup: Setup, engines: string, earlier: FirstFormatEngine): Promise<StoredEngine> {
  const aside = makeAside(engines);
  try {
    linkFiles(earlier, aside);
    const { source } = earlier.stamp;
    const libraries = source.kind === "wheel" ? aside : source.path;
    const gpu = await gpuBuildOf(libraries, setup.platform, setup.signal);
    return await publish(engines, aside, { ...earlier.stamp, gpu }, earlier.paths);
  } catch (error) {
    removeIfThere(aside);
    throw error;
  }
}
