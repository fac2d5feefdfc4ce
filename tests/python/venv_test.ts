import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { withTemporaryFolder } from "../support.ts";
import { saysNothing } from "../bench/progress.ts";
import { ensureVenv, existingVenv, KERAS_VERSION, type RunToEnd, TENSORFLOW_VERSION, venvPython } from "./venv.ts";

/** Returns a machine on which python3 creates a folder and pip succeeds or fails as specified. */
function machine({ pip = true, loads = true }: { pip?: boolean; loads?: boolean } = {}) {
  const ran: string[] = [];
  const run: RunToEnd = (_command, args) => {
    ran.push(args.includes("pip") ? "pip" : args.includes("venv") ? "venv" : "look");
    if (args.includes("venv")) Deno.mkdirSync(args.at(-1) ?? "", { recursive: true });
    if (args.includes("pip")) return Promise.resolve({ ok: pip, text: pip ? "" : "…\nERROR: no space left\n" });
    if (args.includes("venv")) return Promise.resolve({ ok: true, text: "" });
    return Promise.resolve({ ok: loads, text: `${KERAS_VERSION} ${TENSORFLOW_VERSION}\n` });
  };
  return { ran, run };
}

Deno.test("the environment is made once and then only checked", async () => {
  await withTemporaryFolder(async (folder) => {
    const venv = join(folder, "bench", "venv");
    const { ran, run } = machine();
    assert.equal(await ensureVenv(venv, saysNothing, run), venvPython(venv));
    assert.deepEqual(ran.splice(0), ["venv", "pip", "look"]);
    await ensureVenv(venv, saysNothing, run);
    assert.deepEqual(ran, ["look"]);
  });
});

Deno.test("an incomplete environment or one whose Keras does not load is made again", async () => {
  await withTemporaryFolder(async (folder) => {
    const venv = join(folder, "venv");
    Deno.mkdirSync(join(venv, "left over"), { recursive: true });
    const whole = machine();
    await ensureVenv(venv, saysNothing, whole.run);
    assert.deepEqual(whole.ran, ["venv", "pip", "look"]);
    assert.equal(existsSync(join(venv, "left over")), false);
    const broken = machine({ loads: false });
    await assert.rejects(ensureVenv(venv, saysNothing, broken.run), /its Keras does not load/);
    assert.deepEqual(broken.ran, ["look", "venv", "pip", "look"]);
  });
});

Deno.test("an environment of an older version, with other packages, is made again", async () => {
  await withTemporaryFolder(async (folder) => {
    const venv = join(folder, "venv");
    const { ran, run } = machine();
    await ensureVenv(venv, saysNothing, run);
    assert.equal(existingVenv(venv), venvPython(venv));
    Deno.writeTextFileSync(join(venv, "complete"), "keras==3.0.0\n");
    assert.equal(existingVenv(venv), null);
    ran.splice(0);
    await ensureVenv(venv, saysNothing, run);
    assert.deepEqual(ran, ["venv", "pip", "look"]);
  });
});

Deno.test("if pip fails, the error has its last line and suggests --no-keras, and the next bench tries again", async () => {
  await withTemporaryFolder(async (folder) => {
    const venv = join(folder, "venv");
    await assert.rejects(
      ensureVenv(venv, saysNothing, machine({ pip: false }).run),
      /pip install failed: ERROR: no space left\. The bench measures without Keras with --no-keras/,
    );
    const { ran, run } = machine();
    await ensureVenv(venv, saysNothing, run);
    assert.deepEqual(ran, ["venv", "pip", "look"]);
  });
});
