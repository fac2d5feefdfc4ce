import assert from "node:assert/strict";
import { checks, type CheckStatus, exitStatus } from "../../src/doctor/checks.ts";
import type { Facts } from "../../src/doctor/facts.ts";
import { report } from "../../src/doctor/report.ts";

/** A machine on which doctor finds nothing to complain about. */
const GOOD: Facts = {
  deno: "2.9.6",
  platform: "linux-x86_64",
  system: "Debian GNU/Linux 12 (bookworm)",
  engine: {
    stored: { version: "2.21.0", gpu: null, from: "downloaded to /cache/engines/2.21.0-0123456789ab" },
    earlier: null,
    namedError: null,
    installed: null,
    wheel: { version: "2.21.0", bytes: 273_829_956, tried: true },
    wasmVersion: "4.22.0",
  },
  compiler: "g++ 12.2.0",
  python: { version: "3.11.2", pip: true },
  processor: { model: "AMD EPYC", cores: 2, features: ["AVX2", "FMA"] },
  gpus: { names: [], problem: null },
  memory: { total: 16e9, available: 12e9, limit: null },
  cache: { path: "/cache", bytes: 853e6, unusableBytes: 0, freeBytes: 50e9, writable: true },
  weights: { path: "/cache/weights/densenet121.h5", there: true },
  data: { folder: "/headlight/data/dataset_dollarstreet", missing: [] },
  terminal: {
    tty: true,
    columns: 120,
    rows: 40,
    term: "xterm-256color",
    noColor: false,
    trueColor: true,
    utf8: true,
    multiplexer: null,
  },
  sockets: { folder: "/run/user/1000/headlight", writable: true },
  session: { killsUserProcesses: false, slurmJob: null },
};

const FRESH: Facts = { ...GOOD, engine: { ...GOOD.engine, stored: null } };

Deno.test("doctor reports ok on every line for a machine that has everything", () => {
  const list = checks(GOOD);
  assert.deepEqual(list.filter(({ status }) => status !== "ok"), []);
  assert.equal(exitStatus(list), 0);
});

const CUDA: Facts = {
  ...GOOD,
  engine: { ...GOOD.engine, stored: { version: "2.21.0", gpu: "cuda", from: "from /site/tensorflow" } },
  gpus: { names: ["NVIDIA H200"], problem: null },
};

interface Case {
  readonly name: string;
  readonly facts: Facts;
  readonly line: string;
  readonly status: CheckStatus;
  readonly text: RegExp;
  readonly remedy?: RegExp;
  readonly exit?: 1;
}

const CASES: readonly Case[] = [
  {
    name: "an engine that is not set up yet shows the size of the download",
    facts: FRESH,
    line: "engine",
    status: "note",
    text: /the first run downloads TensorFlow 2\.21\.0 \(274 MB\)/,
  },
  {
    name: "with an engine of an earlier Headlight nothing will be downloaded",
    facts: { ...FRESH, python: null, engine: { ...FRESH.engine, earlier: "2.21.0" } },
    line: "engine",
    status: "ok",
    text: /^TensorFlow 2\.21\.0, set up by an earlier version of Headlight; the next run converts it$/,
  },
  {
    name: "a TensorFlow installed in Python will be used",
    facts: { ...FRESH, engine: { ...FRESH.engine, installed: { path: "/site/tensorflow", version: "2.16.1" } } },
    line: "engine",
    status: "note",
    text: /uses TensorFlow 2\.16\.1 in \/site\/tensorflow/,
  },
  {
    name: "without pip and a compiler wasm is used, and both remedies are given",
    facts: { ...FRESH, python: null, compiler: null },
    line: "engine",
    status: "missing",
    text: /training runs on WebAssembly 4\.22\.0, about five times slower/,
    remedy: /^Install a C\+\+ compiler; install Python 3 with pip$/,
  },
  {
    name: "a platform without a wheel",
    facts: { ...FRESH, platform: "linux-riscv64", engine: { ...FRESH.engine, wheel: null } },
    line: "engine",
    status: "missing",
    text: /no TensorFlow/,
    remedy: /--tensorflow/,
  },
  {
    name: "on Windows WSL2 is recommended",
    facts: { ...FRESH, platform: "windows-x86_64", engine: { ...FRESH.engine, wheel: null } },
    line: "platform",
    status: "note",
    text: /windows/,
    remedy: /WSL2/,
  },
  {
    name: "a named folder that cannot be used stops training",
    facts: { ...FRESH, engine: { ...FRESH.engine, namedError: "no TensorFlow in /nowhere" } },
    line: "engine",
    status: "missing",
    text: /HEADLIGHT_TENSORFLOW: no TensorFlow in \/nowhere/,
    remedy: /unset it/,
    exit: 1,
  },
  {
    name: "a platform that was never tried is reported as such",
    facts: {
      ...GOOD,
      platform: "darwin-aarch64",
      engine: { ...GOOD.engine, wheel: { version: "2.21.0", bytes: 1, tried: false } },
    },
    line: "platform",
    status: "note",
    text: /not been tested on this platform$/,
  },
  {
    name: "a compiler is needed before the engine is set up",
    facts: { ...FRESH, compiler: null },
    line: "compiler",
    status: "missing",
    text: /no C\+\+ compiler/,
    remedy: /apt install g\+\+/,
  },
  {
    name: "a compiler is not needed any more afterwards",
    facts: { ...GOOD, compiler: null },
    line: "compiler",
    status: "note",
    text: /no C\+\+ compiler/,
  },
  {
    name: "Python without pip",
    facts: { ...FRESH, python: { version: "3.11.2", pip: false } },
    line: "Python",
    status: "missing",
    text: /3\.11\.2 without pip/,
    remedy: /python3-pip/,
  },
  {
    name: "a processor that computes bfloat16 is reported",
    facts: { ...GOOD, processor: { model: "AMD EPYC", cores: 2, features: ["AVX2", "AVX512_BF16"] } },
    line: "processor",
    status: "ok",
    text: /AVX512_BF16; --precision bfloat16 is faster here$/,
  },
  {
    name: "bfloat16 is not mentioned where the hardware does not compute it",
    facts: GOOD,
    line: "processor",
    status: "ok",
    text: /AVX2, FMA$/,
  },
  {
    name: "a GPU that is not used is named all the same",
    facts: { ...GOOD, gpus: { names: ["NVIDIA H200"], problem: null } },
    line: "GPU",
    status: "note",
    text: /NVIDIA H200; not used, because TensorFlow is built for the processor$/,
  },
  {
    name: "an engine for the processor is described as one",
    facts: GOOD,
    line: "engine",
    status: "ok",
    text: /^TensorFlow 2\.21\.0 for the processor, downloaded to /,
  },
  {
    name: "a CUDA build is named, but its device is only known during a run",
    facts: CUDA,
    line: "engine",
    status: "ok",
    text:
      /^TensorFlow 2\.21\.0 built for CUDA, from \/site\/tensorflow; each run shows the device that it computes on$/,
  },
  {
    name: "a GPU with a CUDA build is used if all CUDA libraries load",
    facts: CUDA,
    line: "GPU",
    status: "ok",
    text: /^NVIDIA H200; used if the driver and all CUDA libraries can be loaded$/,
  },
  {
    name: "before TensorFlow is set up it is unknown whether a GPU will be used",
    facts: { ...CUDA, engine: { ...FRESH.engine, installed: { path: "/site/tensorflow", version: null } } },
    line: "GPU",
    status: "note",
    text: /^NVIDIA H200; used if \/site\/tensorflow is a CUDA build$/,
  },
  {
    name: "a failing driver is not reported as a machine without a GPU",
    facts: { ...GOOD, gpus: { names: [], problem: "nvidia-smi does not answer" } },
    line: "GPU",
    status: "note",
    text: /^nvidia-smi does not answer; training runs on the processor$/,
    remedy: /^Run nvidia-smi /,
  },
  {
    name: "a container's memory limit counts",
    facts: { ...GOOD, memory: { total: 16e9, available: 12e9, limit: 1e9 } },
    line: "memory",
    status: "note",
    text: /12 GB of 16 GB available, limited to 1 GB by the control group/,
    remedy: /A run takes up to 1\.6 GB\./,
  },
  {
    name: "features of another version are named with their size and the command that removes them",
    facts: { ...GOOD, cache: { ...GOOD.cache, unusableBytes: 5e6 } },
    line: "cache",
    status: "note",
    text: /5 MB of it were written by other versions/,
    remedy: /^deno task cache clear$/,
  },
  {
    name: "a cache that cannot be written stops training",
    facts: { ...GOOD, cache: { ...GOOD.cache, writable: false } },
    line: "cache",
    status: "missing",
    text: /\/cache is not writable/,
    remedy: /XDG_CACHE_HOME/,
    exit: 1,
  },
  {
    name: "missing weights are reported with the place where to put them",
    facts: { ...GOOD, weights: { ...GOOD.weights, there: false } },
    line: "weights",
    status: "note",
    text: /the first run downloads them \(29\.1 MB\), or uses random weights/,
    remedy: /copy the file to \/cache\/weights\/densenet121\.h5/,
  },
  {
    name: "missing data is reported with its files and their place",
    facts: { ...GOOD, data: { folder: "/data", missing: ["test_labels.npy"] } },
    line: "data",
    status: "note",
    text: /or uses the demo set/,
    remedy: /copy test_labels\.npy into \/data/,
  },
  {
    name: "without a terminal plain lines are printed",
    facts: { ...GOOD, terminal: { ...GOOD.terminal, tty: false } },
    line: "terminal",
    status: "note",
    text: /plain lines/,
  },
  {
    name: "a small terminal",
    facts: { ...GOOD, terminal: { ...GOOD.terminal, columns: 60, rows: 20 } },
    line: "terminal",
    status: "note",
    text: /60×20/,
    remedy: /80×24/,
  },
  {
    name: "a terminal without UTF-8, inside tmux, without colour",
    facts: { ...GOOD, terminal: { ...GOOD.terminal, utf8: false, noColor: true, multiplexer: "tmux" } },
    line: "terminal",
    status: "note",
    text: /no colour, ASCII, inside tmux$/,
    remedy: /LANG/,
  },
  {
    name: "a dumb terminal",
    facts: { ...GOOD, terminal: { ...GOOD.terminal, term: "dumb" } },
    line: "terminal",
    status: "note",
    text: /dumb/,
    remedy: /--plain/,
  },
  {
    name: "no place for sockets stops training",
    facts: { ...GOOD, sockets: { folder: "/run/user/0/headlight", writable: false } },
    line: "sockets",
    status: "missing",
    text: /is not writable/,
    remedy: /XDG_RUNTIME_DIR/,
    exit: 1,
  },
  {
    name: "a systemd that ends detached runs is reported",
    facts: { ...GOOD, session: { killsUserProcesses: true, slurmJob: null } },
    line: "logout",
    status: "note",
    text: /ends your processes when you log out/,
    remedy: /enable-linger once, and start runs with systemd-run --user --scope/,
  },
  {
    name: "inside Slurm",
    facts: { ...GOOD, session: { killsUserProcesses: false, slurmJob: "4711" } },
    line: "logout",
    status: "note",
    text: /Slurm job 4711/,
  },
];

for (const { name, facts, line, status, text, remedy, exit } of CASES) {
  Deno.test(`doctor: ${name}`, () => {
    const list = checks(facts);
    const check = list.find((candidate) => candidate.name === line);
    assert(check, `no line ${line}`);
    assert.equal(check.status, status);
    assert.match(check.text, text);
    if (remedy) assert.match(check.remedy ?? "", remedy);
    assert.equal(exitStatus(list), exit ?? 0);
  });
}

Deno.test("the report of doctor is aligned, with remedies below their lines and the conclusion last", () => {
  assert.deepEqual(
    report([
      { status: "ok", name: "Deno", text: "2.9.6" },
      { status: "missing", name: "cache", text: "/c cannot\x1b[31m be written", remedy: "mend it", blocks: true },
    ]),
    [
      "ok       Deno   2.9.6",
      "missing  cache  /c cannot be written",
      "                -> mend it",
      "",
      "Training cannot start until this is fixed: cache",
    ],
  );
  assert.equal(report([{ status: "ok", name: "Deno", text: "2.9.6" }]).at(-1), "Training can start: deno task train");
});
