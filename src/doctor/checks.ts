/** Facts → what they mean for a run: one check a line, each lack with its remedy. Pure. */
import prettyBytes from "pretty-bytes";
import { bases, DEFAULT_BASE } from "../bases/bases.ts";
import { engines } from "../engine/engines/list.ts";
import { computesBfloat16 } from "../engine/processor.ts";
import type { GpuBuild } from "../engine/tensorflow/gpu_build.ts";
import type { EngineFacts, Facts, TerminalFacts } from "./facts.ts";

/** ok: as it should be. note: works, but know this. missing: something is not there. */
export type CheckStatus = "ok" | "note" | "missing";

export interface Check {
  readonly status: CheckStatus;
  readonly name: string;
  readonly text: string;
  readonly remedy?: string;
  /** Without this no training can start. */
  readonly blocks?: boolean;
}

/** The most memory that a run of the lesson may take at its peak, all processes together. */
const MEMORY_NEEDED = 1.6e9;

const GPU_BUILDS = { cuda: "CUDA", rocm: "ROCm" } as const satisfies Record<NonNullable<GpuBuild>, string>;

const NO_PIP = "Debian and Ubuntu: apt install python3-pip";
const NO_COMPILER = "Debian and Ubuntu: apt install g++; macOS: xcode-select --install";

/** One check a subject, in the order in which they are printed. */
export function checks(facts: Facts): Check[] {
  return [
    { status: "ok", name: "Deno", text: facts.deno },
    platform(facts),
    engine(facts),
    compiler(facts),
    python(facts),
    processor(facts),
    gpu(facts),
    memory(facts),
    cache(facts),
    weights(facts),
    data(facts),
    terminal(facts.terminal),
    sockets(facts),
    session(facts),
  ];
}

/** 0 where training can start, be it on wasm, random weights and the demo set; 1 where it cannot. */
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
      remedy: "TensorFlow needs Linux or macOS: run Headlight inside WSL2",
    };
  }
  if (engine.wheel?.tried === false) {
    return { status: "note", name: "platform", text: `${text}; Headlight has not been tried here yet` };
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
      remedy: "correct HEADLIGHT_TENSORFLOW or unset it",
      blocks: true,
    };
  }
  if (engine.stored) {
    const { version, gpu, from } = engine.stored;
    return { status: "ok", name, text: `${engines.tensorflow.name} ${version} ${builtFor(gpu)}, ${from}` };
  }
  if (engine.earlier !== null) {
    const text = `${engines.tensorflow.name} ${engine.earlier} of an earlier Headlight: the first run takes it over`;
    return { status: "ok", name, text };
  }
  const lacks = engineLacks(engine, compiler !== null, python?.pip === true, platform);
  if (lacks.length === 0) {
    return { status: "note", name, text: `not set up yet: the first run ${setUpText(engine)}` };
  }
  return {
    status: "missing",
    name,
    text:
      `no ${engines.tensorflow.name}; training runs on ${engines.wasm.name} ${engine.wasmVersion}, ${engines.wasm.pace}`,
    remedy: lacks.join("; "),
  };
}

/** What the first run does to set TensorFlow up, where nothing stands in the way. */
function setUpText({ installed, wheel }: EngineFacts): string {
  if (installed) return `builds on TensorFlow ${installed.version ?? "of unknown version"} in ${installed.path}`;
  if (!wheel) throw new Error("neither an installed TensorFlow nor a wheel, and yet nothing is lacking");
  return `downloads TensorFlow ${wheel.version} (${prettyBytes(wheel.bytes)})`;
}

/** Doctor loads no TensorFlow: which device a GPU build computes on, only a run finds out. */
function builtFor(gpu: GpuBuild): string {
  return gpu === null
    ? "for the processor"
    : `built for ${GPU_BUILDS[gpu]}: each run asks it which device it computes on`;
}

/** What stands in the way of setting TensorFlow up, as remedies. */
function engineLacks(engine: EngineFacts, compiler: boolean, pip: boolean, platform: string): string[] {
  if (platform.startsWith("windows-")) return ["run Headlight inside WSL2"];
  const lacks = compiler ? [] : ["install a C++ compiler"];
  if (engine.installed) return lacks;
  if (engine.wheel === null) return [...lacks, "install TensorFlow in Python or name its folder with --tensorflow"];
  return pip ? lacks : [...lacks, "install Python 3 with pip"];
}

/** The compiler and pip serve the set-up only: once an engine is there, their absence is no lack. */
function needed(facts: Facts): CheckStatus {
  return facts.engine.stored || facts.engine.earlier !== null ? "note" : "missing";
}

function compiler(facts: Facts): Check {
  const name = "compiler";
  if (facts.compiler !== null) return { status: "ok", name, text: facts.compiler };
  return { status: needed(facts), name, text: "no C++ compiler (CXX, g++, c++)", remedy: NO_COMPILER };
}

function python(facts: Facts): Check {
  const name = "Python";
  const { python } = facts;
  if (python === null) {
    return { status: needed(facts), name, text: "no python3", remedy: `install Python 3 (${NO_PIP})` };
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
  return { status: "note", name: "processor", text: `${text}; without AVX2 TensorFlow is slow` };
}

function gpu({ gpus: { names, problem }, engine }: Facts): Check {
  const name = "GPU";
  if (problem !== null) {
    return {
      status: "note",
      name,
      text: `${problem}; training runs on the processor`,
      remedy: "run nvidia-smi; if its driver was updated, restart the machine",
    };
  }
  if (names.length === 0) return { status: "ok", name, text: "none found; training runs on the processor" };
  const found = names.join(", ");
  if (engine.stored?.gpu === "cuda") {
    return { status: "ok", name, text: `${found}; used where the driver and all of CUDA's libraries can be loaded` };
  }
  if (engine.stored === null && engine.installed !== null) {
    // Whether that TensorFlow is a CUDA build is found out when it is set up: its libraries are 0.8 GB to read.
    return { status: "note", name, text: `${found}; used if ${engine.installed.path} is a CUDA build` };
  }
  return { status: "note", name, text: `${found}; not used: ${engines.tensorflow.name} is built for the processor` };
}

function memory({ memory }: Facts): Check {
  const usable = Math.min(memory.available, memory.limit ?? Infinity);
  const limit = memory.limit === null ? "" : `, limited to ${prettyBytes(memory.limit)} here`;
  const text = `${prettyBytes(memory.available)} of ${prettyBytes(memory.total)} available${limit}`;
  if (usable >= MEMORY_NEEDED) return { status: "ok", name: "memory", text };
  const remedy = `a run takes up to ${prettyBytes(MEMORY_NEEDED)}: close other programs, or try --size 96`;
  return { status: "note", name: "memory", text, remedy };
}

function cache({ cache }: Facts): Check {
  const free = cache.freeBytes === null ? "" : `, ${prettyBytes(cache.freeBytes)} free on its disk`;
  const text = `${cache.path}: ${prettyBytes(cache.bytes)}${free}`;
  if (cache.writable && cache.unusableBytes > 0) {
    const unusable = `${prettyBytes(cache.unusableBytes)} of it are of other versions of Headlight and of no use here`;
    return { status: "note", name: "cache", text: `${text}; ${unusable}`, remedy: "deno task cache clear" };
  }
  if (cache.writable) return { status: "ok", name: "cache", text };
  const remedy = "make it writable or set XDG_CACHE_HOME to a folder of your own";
  return { status: "missing", name: "cache", text: `${cache.path} cannot be written`, remedy, blocks: true };
}

function weights({ weights }: Facts): Check {
  const { displayName, published: [{ bytes }] } = bases[DEFAULT_BASE];
  if (weights.there) {
    return { status: "ok", name: "weights", text: `${displayName}'s published weights in ${weights.path}` };
  }
  return {
    status: "note",
    name: "weights",
    text: `${displayName}'s published weights are not here yet: the first run downloads them` +
      `${bytes === undefined ? "" : ` (${prettyBytes(bytes)})`}, else takes random ones`,
    remedy: `without a network, put the file at ${weights.path}`,
  };
}

function data({ data }: Facts): Check {
  if (data.missing.length === 0) return { status: "ok", name: "data", text: `Dollar Street 10 in ${data.folder}` };
  return {
    status: "note",
    name: "data",
    text: "Dollar Street 10 is not here yet: the first run downloads it, else takes the demo set",
    remedy: `without a network, put ${data.missing.join(", ")} into ${data.folder}`,
  };
}

function terminal(terminal: TerminalFacts): Check {
  const name = "terminal";
  if (!terminal.tty) {
    return { status: "note", name, text: "standard output is no terminal: plain lines, one per epoch" };
  }
  const { columns, rows, term } = terminal;
  const colours = terminal.noColor ? "no colour" : terminal.trueColor ? "true colour" : "colour";
  const charset = terminal.utf8 ? "UTF-8" : "ASCII";
  const inside = terminal.multiplexer ? [`inside ${terminal.multiplexer}`] : [];
  const text = [`${columns ?? "?"}×${rows ?? "?"}`, term ?? "TERM is not set", colours, charset, ...inside].join(", ");
  if (term === null || term === "dumb") {
    return { status: "note", name, text, remedy: "set TERM (e.g. xterm-256color), or use --plain" };
  }
  if ((columns ?? 80) < 80 || (rows ?? 24) < 24) {
    return { status: "note", name, text, remedy: "80×24 shows everything that matters" };
  }
  if (!terminal.utf8) return { status: "note", name, text, remedy: "set LANG to a UTF-8 locale for finer charts" };
  return { status: "ok", name, text };
}

function sockets({ sockets }: Facts): Check {
  if (sockets.writable) return { status: "ok", name: "sockets", text: sockets.folder };
  return {
    status: "missing",
    name: "sockets",
    text: `${sockets.folder} cannot be written`,
    remedy: "set XDG_RUNTIME_DIR to a folder of your own",
    blocks: true,
  };
}

function session({ session }: Facts): Check {
  const name = "logout";
  if (session.slurmJob !== null) {
    return { status: "note", name, text: `inside Slurm job ${session.slurmJob}: a run ends with the job, saved` };
  }
  if (!session.killsUserProcesses) return { status: "ok", name, text: "a detached run goes on after you log out" };
  return {
    status: "note",
    name,
    text: "systemd ends what you start here when you log out",
    remedy: "loginctl enable-linger, and then start with systemd-run --user --scope deno task train",
  };
}
