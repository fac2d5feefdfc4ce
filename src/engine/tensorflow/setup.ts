/**
 * Sets TensorFlow up on this machine, once. Where from, in this order: the folder that was named; a TensorFlow in the
 * machine's Python; the pinned wheel.
 */
import { join } from "node:path";
import { HeadlightError } from "../../errors.ts";
import { waitForLock } from "../../files/lock.ts";
import { removeIfThere } from "../../files/atomic.ts";
import type { OnSetupProgress, SetupRequest } from "../engine.ts";
import { ADDON_NAME, addonParts, compileAddon, type Compiler, findCompiler, noCompiler } from "./addon.ts";
import { fetchLibraries, removeWheels } from "./fetch.ts";
import type { TensorflowFiles } from "./files.ts";
import { type FirstFormatEngine, linkFiles, listFirstFormat } from "./first_format.ts";
import { gpuBuildOf } from "./gpu_build.ts";
import { findInPython, inspectFolder, requireRecent } from "./source.ts";
import {
  enginesFolder,
  type EngineSource,
  listEngines,
  makeAside,
  publish,
  removeBroken,
  type Stamp,
  type StoredEngine,
} from "./store.ts";
import { readable, requirePlatform } from "./limits.ts";
import { type Tried, type VerifyAddon, verifyAddon } from "./verify.ts";
import { libraryNames, platformName, type Wheel, wheelFor } from "./wheel.ts";

/** What setting up takes from outside. Tests put small things in the place of large ones. */
export interface SetupOptions extends SetupRequest {
  readonly env?: (name: string) => string | undefined;
  readonly platform?: string;
  readonly python?: string;
  readonly wheel?: Wheel | null;
  readonly verify?: VerifyAddon;
}

type Setup = Required<Omit<SetupOptions, "folder" | "signal">> & Pick<SetupOptions, "folder" | "signal">;

export interface SetupResult {
  readonly files: TensorflowFiles;
  /** What the person should know, e.g. that the TensorFlow found in Python could not be used. */
  readonly notices: readonly string[];
}

/** The default for everything that a test may replace. */
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

/** Lets a progress through when its label is new, it is the last of its label, or the last one was long enough ago. */
function atMostEvery(milliseconds: number, onProgress: OnSetupProgress): OnSetupProgress {
  let label = "";
  let at = 0;
  return (progress) => {
    const now = performance.now();
    if (progress.label === label && progress.done < progress.total && now - at < milliseconds) return;
    label = progress.label;
    at = now;
    onProgress(progress);
  };
}

/**
 * An engine that was set up before and fits, or null. Spawns nothing. Without a named folder, the first that fits is
 * kept for as long as it is whole: a TensorFlow that is later installed in Python does not change the engine.
 *
 * @throws {HeadlightError} the named folder holds no usable TensorFlow
 */
export function findTensorflow(options: SetupOptions): StoredEngine | null {
  return listEngines(enginesFolder(options.cacheRoot)).find(fitting(options)) ?? null;
}

/** Returns an engine of the first format that `setUpTensorflow` would take over, or null. Spawns nothing. */
export function findEarlier(options: SetupOptions): FirstFormatEngine | null {
  return listFirstFormat(enginesFolder(options.cacheRoot)).find(fitting(options)) ?? null;
}

/** Returns the test whether an engine is one that these options would build; source, platform and addon decide it. */
function fitting(options: SetupOptions): (engine: { stamp: Pick<Stamp, "platform" | "addon" | "source"> }) => boolean {
  const { platform, wheel, folder } = complete(options);
  const path = folder === undefined ? null : inspectFolder(folder, platform).path;
  const parts = JSON.stringify(addonParts());
  return ({ stamp }) => {
    if (stamp.platform !== platform || JSON.stringify(stamp.addon) !== parts) return false;
    const { source } = stamp;
    if (path !== null) return source.kind === "folder" && source.path === path;
    return source.kind === "python" || (source.kind === "wheel" && source.sha256 === wheel?.sha256);
  };
}

/**
 * TensorFlow, ready to be loaded: from the cache in a few milliseconds, else set up there with progress shown. Two at
 * once: one works, the other waits. Killed in the middle: the next one begins anew, but for a download that is checked.
 *
 * @throws {HeadlightError} status 2: the named folder holds no usable TensorFlow; 1: it could not be had or built
 */
export async function setUpTensorflow(options: SetupOptions): Promise<SetupResult> {
  const setup = complete(options);
  const stored = findTensorflow(options);
  if (stored) return { files: await filesOf(stored, setup), notices: [] };
  requirePlatform(setup.platform);
  const engines = enginesFolder(setup.cacheRoot);
  try {
    const lock = await waitForLock(join(engines, ".lock"), () => {
      setup.onProgress({
        label: "waiting: another Headlight is setting up TensorFlow",
        done: 0,
        total: 0,
        unit: "steps",
      });
    });
    try {
      const made = findTensorflow(options);
      if (made) return { files: await filesOf(made, setup), notices: [] };
      removeBroken(engines);
      const earlier = findEarlier(options);
      if (earlier) return { files: await filesOf(await takeOver(setup, engines, earlier), setup), notices: [] };
      return await buildFirst(setup, engines);
    } finally {
      lock.release();
    }
  } catch (error) {
    throw readable(error, engines);
  }
}

/**
 * Returns what is to be loaded, and on which device it computes. A build for processors alone is not asked; one for GPUs
 * is asked in a process of its own each time, about 2 s, since the answer depends on the driver and on
 * CUDA_VISIBLE_DEVICES.
 */
async function filesOf({ addon, stamp }: StoredEngine, { verify, signal }: Setup): Promise<TensorflowFiles> {
  const device = stamp.gpu === null ? "cpu" : (await verify(addon, signal)).device;
  return { kind: "tensorflow", version: stamp.tensorflow, addon, device };
}

/** Builds from the first source that works. */
async function buildFirst(setup: Setup, engines: string): Promise<SetupResult> {
  const { folder, platform, python, signal, onProgress } = setup;
  const compiler = await findCompiler(setup.env, signal);
  if (compiler === null) throw noCompiler(setup.env);
  if (folder !== undefined) {
    const { path } = inspectFolder(folder, platform);
    return { files: await build(setup, engines, compiler, { kind: "folder", path }), notices: [] };
  }
  onProgress({ label: "looking for a TensorFlow in Python", done: 0, total: 0, unit: "steps" });
  const installed = await findInPython(python, platform, signal);
  const refusals: string[] = [];
  if (installed) {
    try {
      const files = await build(setup, engines, compiler, { kind: "python", path: installed.path });
      return { files, notices: [] };
    } catch (error) {
      if (!(error instanceof HeadlightError)) throw error;
      refusals.push(`the TensorFlow in ${installed.path} cannot be used: ${error.message}`);
    }
  }
  try {
    const files = await build(setup, engines, compiler, wheelSource(setup));
    return { files, notices: refusals.map((text) => `${text}; the downloaded one is used`) };
  } catch (error) {
    if (!(error instanceof HeadlightError) || refusals.length === 0) throw error;
    throw new HeadlightError([...refusals, error.message].join("; "), error.exitStatus, { cause: error });
  }
}

function wheelSource({ wheel, platform }: Setup): EngineSource {
  if (wheel !== null) {
    return { kind: "wheel", package: wheel.package, version: wheel.version, sha256: wheel.sha256 };
  }
  const remedy = "install TensorFlow in Python or name its folder with --tensorflow";
  throw new HeadlightError(`there is no TensorFlow wheel for ${platform}; ${remedy}`, 1);
}

/** Makes the engine aside, tries it, and puts it in its place. */
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
    if (fetched) await fetchLibraries(aside, { ...setup, engines });
    const tensorflow = fetched ? aside : source.path;
    const addon = join(aside, ADDON_NAME);
    step("compiling tfjs-node's addon", 0);
    const runtimePath = fetched ? null : tensorflow;
    await compileAddon({ compiler, platform, tensorflow, runtimePath, output: addon, signal });
    step("compiling tfjs-node's addon", 1);
    step("trying TensorFlow", 0);
    const { version, device }: Tried = await setup.verify(addon, signal);
    requireRecent(version, tensorflow);
    const gpu = await gpuBuildOf(tensorflow, platform, signal);
    step("trying TensorFlow", 1);
    // Headers have done their work.
    removeIfThere(join(aside, "include"));
    // A package that is upgraded in place is another one: its libraries are looked at again each time.
    const libraries = libraryNames(platform).map((name) => fetched ? name : join(tensorflow, name));
    const stamp = { tensorflow: version, platform, gpu, source, addon: addonParts(), compiler: compiler.version };
    const engine = await publish(engines, aside, stamp, [ADDON_NAME, ...libraries]);
    if (fetched) removeWheels(engines);
    return { kind: "tensorflow", version, addon: engine.addon, device };
  } catch (error) {
    removeIfThere(aside);
    throw error;
  }
}

/** Gives an engine of the first format a stamp of this one. Nothing is downloaded or compiled. */
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
