/** Tests how commands show the setup of an engine: in a real pseudo-terminal, and in a pipe. */
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { setupLine, setupText } from "../../src/commands/setup_text.ts";
import { CUDA_WHEELS, downloadText } from "../../src/engine/cuda/wheels.ts";
import { programArgs } from "../../src/program.ts";
import { PseudoTerminal } from "../terminal/pseudo_terminal.ts";

interface Step {
  readonly label: string;
  readonly done?: number;
  readonly total?: number;
  readonly unit?: "bytes" | "steps";
  readonly ms?: number;
}

function childArgs(steps: readonly Step[]): string[] {
  const script = fileURLToPath(new URL("status_line_child.ts", import.meta.url));
  return programArgs(script, JSON.stringify(steps));
}

const UNPACKED = { label: "unpacking TensorFlow", done: 854e6, total: 854e6, unit: "bytes" } as const;

Deno.test("a terminal shows each step of a setup at once, also directly after the end of the one before", async () => {
  const steps = [UNPACKED, { label: "compiling tfjs-node's addon", ms: 60_000 }];
  const terminal = new PseudoTerminal(Deno.execPath(), childArgs(steps), { columns: 80, rows: 5 });
  try {
    await terminal.shows("compiling tfjs-node's addon", 30_000);
    assert.equal(terminal.screen()[0], "compiling tfjs-node's addon");
  } finally {
    await terminal.end();
  }
});

Deno.test("the amount of a download is on the status line, whatever its width", () => {
  const [, , , cufft] = CUDA_WHEELS.nvidia;
  assert.ok(cufft);
  const label = `downloading ${downloadText(CUDA_WHEELS, cufft.wheel)}`;
  const step = { label, done: 0, total: cufft.wheel.bytes, unit: "bytes" } as const;
  for (const width of [79, 40, 25]) {
    const text = setupText(step, width, "…");
    assert.match(text, /^downl.*…: 0 B of 193 MB$/);
    assert.equal(text.length, width);
  }
  assert.equal(setupText(step, 200, "…"), `${label}: 0 B of 193 MB`);
  assert.equal(setupText({ label: "compiling", done: 0, total: 1, unit: "steps" }, 80, "…"), "compiling");
});

Deno.test("without a terminal a setup prints one line for each step that takes long, on standard error only", async () => {
  const download = { label: "downloading TensorFlow 2.21.0", total: 274e6, unit: "bytes", ms: 150 } as const;
  const steps = [
    { label: "looking for a TensorFlow in Python", ms: 10 },
    ...Array.from({ length: 10 }, (_, percent) => ({ ...download, done: percent * 2.74e6 })),
    UNPACKED,
    { label: "compiling tfjs-node's addon", ms: 1500 },
    { label: "testing TensorFlow" },
  ];
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), { args: childArgs(steps), stdin: "null" })
    .output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(text(stdout), "result\n");
  const lines = text(stderr).trimEnd().split("\n");
  // On a busy machine a short step may take long.
  const expected = [
    "headlight: Downloading TensorFlow 2.21.0 (274 MB), once.",
    "headlight: Compiling tfjs-node's addon.",
  ];
  assert.deepEqual(lines.filter((line) => expected.includes(line)), expected);
  assert.equal(new Set(lines).size, lines.length);
});

Deno.test("the line of a step is a sentence with its size", () => {
  assert.equal(setupLine(UNPACKED), "Unpacking TensorFlow (854 MB).");
  const wait = "waiting for another Headlight process to set up TensorFlow";
  assert.equal(setupLine({ label: wait, done: 0, total: 0, unit: "steps" }), `W${wait.slice(1)}.`);
});
