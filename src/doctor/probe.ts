/** Examines the machine: reads files and runs a few programs in parallel. Writes nothing and uses no network. */
import { accessSync, constants, existsSync, readdirSync, readFileSync, statfsSync, statSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_BASE } from "../bases/bases.ts";
import { DOLLAR_STREET_FOLDER } from "../data/dollarstreet.ts";
import { NPY_FILES } from "../data/arrays/npy_folder.ts";
import { errorLine, HeadlightError } from "../errors.ts";
import { detectGpus } from "../engine/cuda/detect.ts";
import { deviceOrder } from "../engine/cuda/environment.ts";
import { findBuild, missingWheels } from "../engine/cuda/find.ts";
import { detectWebgpu, webgpuPlace } from "../engine/webgpu/detect.ts";
import { thisPlace } from "../engine/cuda/place.ts";
import { downloadBytes } from "../engine/cuda/wheels.ts";
import { findCompiler } from "../engine/tensorflow/addon.ts";
import { runChild } from "../engine/wheels/child.ts";
import { findInPython, inspectFolder } from "../engine/tensorflow/source.ts";
import { namedFolder } from "../engine/tensorflow/named_folder.ts";
import { findEarlier, findTensorflow } from "../engine/tensorflow/setup.ts";
import type { StoredEngine } from "../engine/tensorflow/store.ts";
import { wheelFor } from "../engine/tensorflow/wheel.ts";
import { platformName } from "../engine/wheels/pinned.ts";
import { packageVersion } from "../engine/packages.ts";
import { findUnusable } from "../features/cache/unusable.ts";
import { nearestExisting } from "../files/writable.ts";
import { findOutAboutLocks, tryLocks } from "../files/lock_ability.ts";
import { networkFileSystem } from "../files/file_system.ts";
import { DEFAULT_RUNS, runOptionsSchema } from "../config.ts";
import { fastestHere } from "../features/speeds/fastest.ts";
import { listSpeeds, subjectOf } from "../features/speeds/speed_store.ts";
import { keptRoundings } from "../features/base/kept_roundings.ts";
import { publishedWeightsPath } from "../model/published_weights.ts";
import { cacheRoot, fromCaller } from "../paths.ts";
import { socketFolders } from "../run/control/socket_path.ts";
import { gpusOrProblem, NVIDIA_SMI } from "../run/system/gpus.ts";
import type { EngineFacts, Facts, FolderFacts, TerminalFacts } from "./facts.ts";
import { killsUserProcesses } from "./logind.ts";
import { thisProcessor } from "../engine/processor.ts";
import { folderSize, sizeOf } from "../files/folder_size.ts";
import { memoryLimit } from "./linux.ts";
import { isUtf8Locale } from "../dashboard/drawing/glyphs.ts";

async function folderFacts(root: string): Promise<FolderFacts[]> {
  const runs = fromCaller(DEFAULT_RUNS);
  return [
    { holds: "cache", path: root, network: networkFileSystem(root), lockLack: await findOutAboutLocks(root) },
    { holds: "runs", path: runs, network: networkFileSystem(runs), lockLack: await tryLocks(runs) },
  ];
}

/** The time limit for each program that is run, in milliseconds. */
const PATIENCE_MS = 1500;
/** The time limit for NVIDIA's driver, which is slow to start on a machine with several GPUs. */
const DRIVER_PATIENCE_MS = 10_000;

const env = (name: string) => Deno.env.get(name);

/**
 * Returns the facts about this machine. Downloads nothing and leaves nothing behind, and waits for no program longer
 * than PATIENCE_MS, and for the driver of a GPU no longer than DRIVER_PATIENCE_MS.
 */
export async function probe(): Promise<Facts> {
  const platform = platformName();
  const root = cacheRoot();
  // First, because what follows looks at locks, and would wait for a file system that does not answer.
  const folders = await folderFacts(root);
  const [compiler, python, installed, gpus, webgpu] = await Promise.all([
    inTime((signal) => findCompiler(env, signal)),
    inTime(findPython),
    inTime((signal) => findInPython("python3", platform, signal)),
    findGpus(),
    detectWebgpu({ limitMs: DRIVER_PATIENCE_MS }),
  ]);
  const engine = engineFacts(platform, root, installed);
  const { total, available } = Deno.systemMemoryInfo();
  const { size, precision } = runOptionsSchema.parse({});
  const weights = publishedWeightsPath({ base: DEFAULT_BASE, size }, root);
  const subject = subjectOf({ base: DEFAULT_BASE, size });
  return {
    deno: Deno.version.deno,
    platform,
    system: systemName(),
    engine,
    auto: { ranking: await fastestHere({ cacheRoot: root, precision, subject }), size },
    compiler: compiler?.version ?? null,
    python,
    processor: { ...thisProcessor(), cores: navigator.hardwareConcurrency },
    cuda: await cudaFacts(root),
    webgpu: { detection: webgpu, place: webgpuPlace(), hasGpu: gpus.names.length > 0 || hasRenderNode() },
    gpus,
    memory: { total, available, limit: memoryLimit(readText("/sys/fs/cgroup/memory.max"), total) },
    cache: {
      path: root,
      bytes: folderSize(root),
      unusableBytes: findUnusable(root).reduce((sum, { path }) => sum + sizeOf(path), 0),
      freeBytes: freeBytes(root),
      writable: canWrite(root),
    },
    folders,
    roundings: keptRoundings(root),
    speeds: listSpeeds(root),
    weights: { path: weights, there: existsSync(weights) },
    data: {
      folder: DOLLAR_STREET_FOLDER,
      missing: NPY_FILES.filter((name) => !existsSync(join(DOLLAR_STREET_FOLDER, name))),
    },
    terminal: terminalFacts(),
    sockets: socketFacts(),
    session: {
      killsUserProcesses: killsUserProcesses(logindFiles(), readText("/proc/self/cgroup"), lingers()),
      slurmJob: env("SLURM_JOB_ID") ?? null,
    },
  };
}

/** Returns the first usable folder for sockets, or the preferred one if none is usable. */
function socketFacts(): Facts["sockets"] {
  const folders = socketFolders();
  const usable = folders.find(canWrite);
  return { folder: usable ?? folders[0] ?? "", writable: usable !== undefined };
}

/**
 * Returns the result of `ask`, or null if it takes too long. A program that hangs in the kernel cannot be killed, so it
 * is left behind.
 */
async function inTime<T>(ask: (signal: AbortSignal) => Promise<T | null>): Promise<T | null> {
  const control = new AbortController();
  const late = Promise.withResolvers<null>();
  const timer = setTimeout(() => {
    late.resolve(null);
    control.abort();
  }, PATIENCE_MS);
  const asked = ask(control.signal).catch((error) => {
    if (control.signal.aborted) return null;
    throw error;
  });
  try {
    return await Promise.race([asked, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

const ASK_PYTHON =
  "import sys, importlib.util as u; print(sys.version.split()[0], int(u.find_spec('pip') is not None))";

async function findPython(signal: AbortSignal): Promise<Facts["python"]> {
  const result = await runChild("python3", ["-c", ASK_PYTHON], { signal });
  const [version, pip] = result?.code === 0 ? result.stdout.trim().split(" ") : [];
  return version ? { version, pip: pip === "1" } : null;
}

async function findGpus(): Promise<Facts["gpus"]> {
  const [program, ...args] = NVIDIA_SMI;
  // The result is wrapped in an object, because null means that there is no nvidia-smi.
  const asked = await inTime(async (signal) => ({ answer: await runChild(program, args, { signal }) }));
  const { gpus, problem } = gpusOrProblem(asked === null ? "late" : asked.answer);
  return { names: gpus.map(({ name }) => name), problem };
}

/** Returns whether Linux has a GPU's device file for computing and drawing. */
function hasRenderNode(): boolean {
  const folder = "/dev/dri";
  return existsSync(folder) && readdirSync(folder).some((name) => name.startsWith("renderD"));
}

/**
 * Asks NVIDIA's driver for its GPUs. The CUDA libraries are opened only if a build for CUDA is set up; without one,
 * none are needed.
 */
async function cudaFacts(root: string): Promise<Facts["cuda"]> {
  const setup = { cacheRoot: root, onProgress: () => {} };
  const folder = usableNamedFolder();
  const build = findBuild({ ...setup, folder });
  const detection = await detectGpus({
    libraries: build?.libraries ?? [],
    limitMs: DRIVER_PATIENCE_MS,
    env: deviceOrder(env),
  });
  const bytes = build === null ? downloadBytes(missingWheels(setup)) : 0;
  const named = folder !== undefined;
  return { detection, place: thisPlace(), build: build?.version ?? null, named, downloadBytes: bytes };
}

/** Returns the folder in HEADLIGHT_TENSORFLOW. One that cannot be used is a problem of the engine. */
function usableNamedFolder(): string | undefined {
  try {
    return namedFolder({});
  } catch (error) {
    if (error instanceof HeadlightError) return undefined;
    throw error;
  }
}

function engineFacts(platform: string, root: string, installed: EngineFacts["installed"]): EngineFacts {
  const wheel = wheelFor(platform);
  const shared = { installed, wheel, wasmVersion: packageVersion("@tensorflow/tfjs-backend-wasm") };
  const named = env("HEADLIGHT_TENSORFLOW");
  try {
    const folder = named ? inspectFolder(fromCaller(named), platform) : null;
    const setup = { cacheRoot: root, onProgress: () => {}, folder: folder?.path };
    const stored = findTensorflow(setup);
    return {
      ...shared,
      installed: folder ?? installed,
      earlier: findEarlier(setup)?.stamp.tensorflow ?? null,
      namedError: null,
      stored: stored && {
        version: stored.stamp.tensorflow,
        gpu: stored.stamp.gpu,
        from: origin(stored),
      },
    };
  } catch (error) {
    return { ...shared, namedError: errorLine(error), stored: null, earlier: null };
  }
}

function origin({ directory, stamp: { source } }: StoredEngine): string {
  return source.kind === "wheel" ? `downloaded to ${directory}` : `from ${source.path}, with its addon in ${directory}`;
}

function systemName(): string {
  const name = /^PRETTY_NAME="?([^"\n]*)/m.exec(readText("/etc/os-release"))?.[1];
  return name ?? `${Deno.build.os} ${Deno.osRelease()}`;
}

function terminalFacts(): TerminalFacts {
  const tty = Deno.stdout.isTerminal();
  const size = tty ? Deno.consoleSize() : null;
  return {
    tty,
    columns: size?.columns ?? null,
    rows: size?.rows ?? null,
    term: env("TERM") || null,
    noColor: Boolean(env("NO_COLOR")),
    trueColor: /^(?:truecolor|24bit)$/.test(env("COLORTERM") ?? ""),
    utf8: isUtf8Locale(env),
    multiplexer: env("TMUX") ? "tmux" : env("STY") ? "screen" : null,
  };
}

function logindFiles(): string[] {
  const folder = "/etc/systemd/logind.conf.d";
  const more = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".conf")).sort() : [];
  return [readText("/etc/systemd/logind.conf"), ...more.map((name) => readText(join(folder, name)))];
}

function lingers(): boolean {
  return existsSync(join("/var/lib/systemd/linger", env("USER") ?? ""));
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function canWrite(path: string): boolean {
  try {
    const place = nearestExisting(path);
    accessSync(place, constants.W_OK | constants.X_OK);
    return statSync(place).isDirectory();
  } catch {
    return false;
  }
}

function freeBytes(path: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(nearestExisting(path));
    return bavail * bsize;
  } catch {
    return null;
  }
}
