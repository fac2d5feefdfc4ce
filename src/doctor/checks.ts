/** Turns facts about a machine into checks: what they mean for a run, and how to fix what is missing. Pure. */
import prettyBytes from "pretty-bytes";
import { bases, DEFAULT_BASE } from "../bases/bases.ts";
import { engines } from "../engine/engines/list.ts";
import { computesBfloat16 } from "../engine/processor.ts";
import { changeWords } from "../features/base/rounding.ts";
import { newest, speedText } from "../features/speeds/speed_text.ts";
import { precisionSchema } from "../config.ts";
import type { Speed } from "../features/speeds/speed_store.ts";
import { stripControl } from "../text.ts";
import { explainObstacle, remarks, usableText } from "../engine/cuda/words.ts";
import type { Obstacle } from "../engine/cuda/detection.ts";
import { capital } from "../sentence.ts";
import type { GpuBuild } from "../engine/tensorflow/gpu_build.ts";
import { autoText } from "./auto_text.ts";
import type { EngineFacts, Facts, TerminalFacts } from "./facts.ts";
import type { Check, CheckStatus } from "./check.ts";
import { sharedFolders } from "./shared_folders.ts";
import { webgpuText, WHERE_REMEDY } from "./webgpu_text.ts";

/** The peak memory of a run of the lesson, in bytes, of all its processes together. */
const MEMORY_NEEDED = 1.6e9;

const GPU_BUILDS = {
  cuda: { name: "CUDA", device: "used on the processor as this engine" },
  rocm: { name: "ROCm", device: "each run shows the device that it computes on" },
} as const satisfies Record<NonNullable<GpuBuild>, { name: string; device: string }>;

const NO_PIP = "Debian and Ubuntu: apt install python3-pip";
const NO_COMPILER = "Debian and Ubuntu: apt install g++; macOS: xcode-select --install";

/** Returns the checks, in the order in which they are printed. */
export function checks(facts: Facts): Check[] {
  return [
    { status: "ok", name: "Deno", text: facts.deno },
    platform(facts),
    engine(facts),
    ...auto(facts),
    compiler(facts),
    python(facts),
    processor(facts),
    gpu(facts),
    { name: "WebGPU", ...webgpuText(facts.webgpu) },
    memory(facts),
    cache(facts),
    ...sharedFolders(facts.folders),
    weights(facts),
    ...bfloat16(facts),
    ...speed(facts),
    data(facts),
    terminal(facts.terminal),
    sockets(facts),
    session(facts),
  ];
}

/** Returns 0 if training can start, if only with WebAssembly, random weights and the demo set; otherwise 1. */
export function exitStatus(list: readonly Check[]): 0 | 1 {
  return list.some(({ blocks }) => blocks) ? 1 : 0;
}

function platform({ platform, system, engine }: Facts): Check {
  const text = `${platform}, ${system}`;
  if (platform.startsWith("windows-")) {
    return {
      status: "note",
      name: "platform",
      text,
      remedy: "TensorFlow requires Linux or macOS. Run Headlight inside WSL2",
    };
  }
  if (engine.wheel?.tried === false) {
    return { status: "note", name: "platform", text: `${text}; Headlight has not been tested on this platform` };
  }
  return { status: "ok", name: "platform", text };
}

function engine({ engine, compiler, python, platform }: Facts): Check {
  const name = "engine";
  if (engine.namedError !== null) {
    return {
      status: "missing",
      name,
      text: `HEADLIGHT_TENSORFLOW: ${engine.namedError}`,
      remedy: "Correct HEADLIGHT_TENSORFLOW or unset it",
      blocks: true,
    };
  }
  if (engine.stored) {
    const { version, gpu, from } = engine.stored;
    return { status: "ok", name, text: `${engines.tensorflow.name} ${version} ${builtFor(gpu, from)}` };
  }
  if (engine.earlier !== null) {
    const text =
      `${engines.tensorflow.name} ${engine.earlier}, set up by an earlier version of Headlight; the next run ` +
      "converts it";
    return { status: "ok", name, text };
  }
  const lacks = engineLacks(engine, compiler !== null, python?.pip === true, platform);
  if (lacks.length === 0) {
    return { status: "note", name, text: `not set up yet; the first run ${setUpText(engine)}` };
  }
  return {
    status: "missing",
    name,
    text:
      `no ${engines.tensorflow.name}; training runs on ${engines.wasm.name} ${engine.wasmVersion}, ${engines.wasm.pace}`,
    remedy: capital(lacks.join("; ")),
  };
}

/** Describes what the first run does to set up TensorFlow, if nothing is missing. */
function setUpText({ installed, wheel }: EngineFacts): string {
  if (installed) return `uses TensorFlow ${installed.version ?? "of unknown version"} in ${installed.path}`;
  if (!wheel) throw new Error("neither an installed TensorFlow nor a wheel, but nothing is missing");
  return `downloads TensorFlow ${wheel.version} (${prettyBytes(wheel.bytes)})`;
}

/**
 * Describes what the engine is built for and where it is. Doctor does not load TensorFlow, so it cannot tell on which
 * device a build for ROCm computes.
 */
function builtFor(gpu: GpuBuild, from: string): string {
  return gpu === null
    ? `for the processor, ${from}`
    : `built for ${GPU_BUILDS[gpu].name}, ${from}; ${GPU_BUILDS[gpu].device}`;
}

/** Returns what is missing for setting up TensorFlow, as remedies. */
function engineLacks(engine: EngineFacts, compiler: boolean, pip: boolean, platform: string): string[] {
  if (platform.startsWith("windows-")) return ["run Headlight inside WSL2"];
  const lacks = compiler ? [] : ["install a C++ compiler"];
  if (engine.installed) return lacks;
  if (engine.wheel === null) return [...lacks, "install TensorFlow in Python, or name its folder with --tensorflow"];
  return pip ? lacks : [...lacks, "install Python 3 with pip"];
}

/**
 * Returns the status of a missing compiler or pip. Only the setup needs them, so they are no longer missing once an
 * engine exists.
 */
function needed(facts: Facts): CheckStatus {
  return facts.engine.stored || facts.engine.earlier !== null ? "note" : "missing";
}

function auto(facts: Facts): Check[] {
  const text = autoText(facts);
  return text === null ? [] : [{ status: "ok", name: "auto", text }];
}

function compiler(facts: Facts): Check {
  const name = "compiler";
  if (facts.compiler !== null) return { status: "ok", name, text: facts.compiler };
  return { status: needed(facts), name, text: "no C++ compiler found (CXX, g++, c++)", remedy: NO_COMPILER };
}

function python(facts: Facts): Check {
  const name = "Python";
  const { python } = facts;
  if (python === null) {
    return { status: needed(facts), name, text: "python3 not found", remedy: `Install Python 3 (${NO_PIP})` };
  }
  if (!python.pip) return { status: needed(facts), name, text: `${python.version} without pip`, remedy: NO_PIP };
  return { status: "ok", name, text: `${python.version} with pip` };
}

function processor({ processor, platform }: Facts): Check {
  const { model, cores, features } = processor;
  const fast = computesBfloat16(features) ? "; --precision bfloat16 is faster here" : "";
  const text = [`${model}, ${cores} ${cores === 1 ? "core" : "cores"}`, ...features].join(", ") + fast;
  if (platform !== "linux-x86_64" || features.length === 0 || features.includes("AVX2")) {
    return { status: "ok", name: "processor", text };
  }
  return { status: "note", name: "processor", text: `${text}; TensorFlow is slow without AVX2` };
}

/** What every machine computes on whose GPU is not used. */
const ON_PROCESSOR = "the base is computed on the processor";

function gpu({ cuda: { detection, place, build, named, downloadBytes }, gpus: { names, problem } }: Facts): Check {
  const name = "GPU";
  if (detection.kind === "usable") {
    const found = usableText(detection);
    if (build === null) {
      const run = `run deno task engine cuda${
        downloadBytes === 0 ? "" : `, which downloads ${prettyBytes(downloadBytes)}`
      }`;
      const remedy = `To compute the base on it, ${named ? "unset HEADLIGHT_TENSORFLOW and " : ""}${run}`;
      const unused = named ? "not used with HEADLIGHT_TENSORFLOW" : "not used yet";
      return { status: "note", name, text: `${found}; ${unused}: ${ON_PROCESSOR}`, remedy };
    }
    const text = `${found}; computes the base with TensorFlow ${build} for CUDA, whose libraries can all be loaded`;
    return { status: "ok", name, text: [text, ...remarks(detection, place)].join(". ") };
  }
  if (detection.kind !== "no driver" && detection.kind !== "other system") {
    const { problem, remedy } = explainObstacle(detection, place);
    return { status: "note", name, text: `${problem}; ${ON_PROCESSOR}`, remedy };
  }
  if (problem !== null) {
    return {
      status: "note",
      name,
      text: `${problem}; ${ON_PROCESSOR}`,
      remedy: "Run nvidia-smi to see the error. If the driver was updated, restart the machine",
    };
  }
  if (names.length === 0) return { status: "ok", name, text: noGpuText(detection) };
  // nvidia-smi needs only a part of the driver, which a container or a distribution may provide alone.
  return {
    status: "note",
    name,
    text: `${names.join(", ")}; not usable, because libcuda.so.1 was not found: ${ON_PROCESSOR}`,
    remedy: place === "container"
      ? "Start the container with -e NVIDIA_DRIVER_CAPABILITIES=compute,utility"
      : explainObstacle(detection, place).remedy,
  };
}

/** A machine without a GPU lacks nothing, so that it gets no remedy, but where to read it. */
function noGpuText({ kind }: Pick<Obstacle, "kind">): string {
  if (kind === "other system") {
    return `none looked for, because NVIDIA GPUs can only be used on Linux and in WSL2; ${ON_PROCESSOR}`;
  }
  return `none found, because there is no NVIDIA driver (libcuda.so.1 was not found); ${ON_PROCESSOR}. ${WHERE_REMEDY}`;
}

function memory({ memory }: Facts): Check {
  const usable = Math.min(memory.available, memory.limit ?? Infinity);
  const limit = memory.limit === null ? "" : `, limited to ${prettyBytes(memory.limit)} by the control group`;
  const text = `${prettyBytes(memory.available)} of ${prettyBytes(memory.total)} available${limit}`;
  if (usable >= MEMORY_NEEDED) return { status: "ok", name: "memory", text };
  const remedy = `A run takes up to ${prettyBytes(MEMORY_NEEDED)}. Close other programs, or try --size 96`;
  return { status: "note", name: "memory", text, remedy };
}

function cache({ cache }: Facts): Check {
  const free = cache.freeBytes === null ? "" : `, ${prettyBytes(cache.freeBytes)} free on its disk`;
  const text = `${cache.path}: ${prettyBytes(cache.bytes)}${free}`;
  if (cache.writable && cache.unusableBytes > 0) {
    const unusable = `${
      prettyBytes(cache.unusableBytes)
    } of it were left by other versions of Headlight or by killed processes and cannot be used`;
    return { status: "note", name: "cache", text: `${text}; ${unusable}`, remedy: "deno task cache clear" };
  }
  if (cache.writable) return { status: "ok", name: "cache", text };
  const remedy = "Make it writable, or set XDG_CACHE_HOME to a folder of your own";
  return { status: "missing", name: "cache", text: `${cache.path} is not writable`, remedy, blocks: true };
}

/** Nothing is known until a run has asked for bfloat16. */
function bfloat16({ roundings }: Facts): Check[] {
  if (roundings.length === 0) return [];
  const measured = roundings.map(({ base, size, engine, rounding }) =>
    `${stripControl(base)} at ${size} on ${stripControl(engine)}: ${changeWords(rounding)}`
  );
  return [{
    status: "ok",
    name: "bfloat16",
    text: `largest change of a feature, over the largest feature: ${[...new Set(measured)].join("; ")}`,
  }];
}

/** Nothing is known until `engine NAME` or a run has measured one. */
function speed({ speeds }: Facts): Check[] {
  const byBase = Map.groupBy(speeds, ({ base, size }) => `${base} at ${size}`);
  return [...byBase].sort(([one], [other]) => one < other ? -1 : 1).map(([base, measured]) => ({
    status: "ok",
    name: "speed",
    text: `images per second with ${stripControl(`${base}: ${speedsText(measured)}`)}`,
  }));
}

function speedsText(speeds: readonly Speed[]): string {
  const byEngine = Map.groupBy(speeds, ({ engine }) => `${engines[engine.kind].name} ${engine.version}`);
  return [...byEngine].sort(([one], [other]) => one < other ? -1 : 1).map(([name, own]) => {
    const found = precisionSchema.options.flatMap((precision) => newest(own, precision) ?? []);
    return `${name} ${found.map((one) => `${speedText(one)} in ${one.precision}`).join(", ")}`;
  }).join("; ");
}

function weights({ weights }: Facts): Check {
  const { displayName, published: [{ bytes }] } = bases[DEFAULT_BASE];
  if (weights.there) {
    return { status: "ok", name: "weights", text: `${displayName}'s published weights in ${weights.path}` };
  }
  return {
    status: "note",
    name: "weights",
    text: `${displayName}'s published weights are not downloaded yet; the first run downloads them` +
      `${bytes === undefined ? "" : ` (${prettyBytes(bytes)})`}, or uses random weights if it cannot`,
    remedy: `Without a network, copy the file to ${weights.path}`,
  };
}

function data({ data }: Facts): Check {
  if (data.missing.length === 0) return { status: "ok", name: "data", text: `Dollar Street 10 in ${data.folder}` };
  return {
    status: "note",
    name: "data",
    text: "Dollar Street 10 is not downloaded yet; the first run downloads it, or uses the demo set if it cannot",
    remedy: `Without a network, copy ${data.missing.join(", ")} into ${data.folder}`,
  };
}

function terminal(terminal: TerminalFacts): Check {
  const name = "terminal";
  if (!terminal.tty) {
    return { status: "note", name, text: "standard output is not a terminal; train prints plain lines, one per epoch" };
  }
  const { columns, rows, term } = terminal;
  const colours = terminal.noColor ? "no colour" : terminal.trueColor ? "true colour" : "colour";
  const charset = terminal.utf8 ? "UTF-8" : "ASCII";
  const inside = terminal.multiplexer ? [`inside ${terminal.multiplexer}`] : [];
  const text = [`${columns ?? "?"}×${rows ?? "?"}`, term ?? "TERM is not set", colours, charset, ...inside].join(", ");
  if (term === null || term === "dumb") {
    return { status: "note", name, text, remedy: "Set TERM (for example to xterm-256color), or use --plain" };
  }
  if ((columns ?? 80) < 80 || (rows ?? 24) < 24) {
    return {
      status: "note",
      name,
      text,
      remedy: "Enlarge the terminal to at least 80×24, which shows everything that matters",
    };
  }
  if (!terminal.utf8) return { status: "note", name, text, remedy: "Set LANG to a UTF-8 locale for finer charts" };
  return { status: "ok", name, text };
}

function sockets({ sockets }: Facts): Check {
  if (sockets.writable) return { status: "ok", name: "sockets", text: sockets.folder };
  return {
    status: "missing",
    name: "sockets",
    text: `${sockets.folder} is not writable`,
    remedy: "Set XDG_RUNTIME_DIR to a folder of your own",
    blocks: true,
  };
}

function session({ session }: Facts): Check {
  const name = "logout";
  if (session.slurmJob !== null) {
    return {
      status: "note",
      name,
      text: `inside Slurm job ${session.slurmJob}; a run is saved and stopped when the job ends`,
    };
  }
  if (!session.killsUserProcesses) return { status: "ok", name, text: "a detached run continues after you log out" };
  return {
    status: "note",
    name,
    text: "systemd ends your processes when you log out, detached runs too",
    remedy: "Run loginctl enable-linger once, and start runs with systemd-run --user --scope deno task train",
  };
}
