import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { startFetch } from "../../../src/engine/fetching/start_fetch.ts";
import { openvinoEngine } from "../../engine.ts";
import { emptyFeatureCache, eventually, isAlive } from "../../process.ts";
import { withTemporaryFolder } from "../../support.ts";

/** Returns the environment of a machine with an empty cache whose Python is this script. */
function withPython(folder: string, script: string): Record<string, string> {
  Deno.writeTextFileSync(join(folder, "python3"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { XDG_CACHE_HOME: folder, HEADLIGHT_TENSORFLOW: "", PATH: `${folder}:${Deno.env.get("PATH")}` };
}

Deno.test("ending a fetch ends the processes that it started, and leaves nothing incomplete behind", () =>
  withTemporaryFolder(async (folder) => {
    const pid = join(folder, "pid");
    // A Python that never ends. The setup starts it in a process group of its own.
    const fetching = startFetch("openvino", withPython(folder, `echo $$ > "${pid}"\nexec sleep 600`));
    await eventually("Python is started", () => existsSync(pid) && Deno.readTextFileSync(pid) !== "", 30_000);
    await fetching.end();
    assert.equal(await fetching.done, null);
    assert.equal(isAlive(Number(Deno.readTextFileSync(pid))), false, "Python outlived the fetch");
    const engines = join(folder, "headlight", "engines");
    const left = existsSync(engines) ? [...Deno.readDirSync(engines)].filter(({ isDirectory }) => isDirectory) : [];
    assert.deepEqual(left, []);
  }));

Deno.test("a fetch that fails reports why, in one line", () =>
  withTemporaryFolder(async (folder) => {
    const report = await startFetch("openvino", withPython(folder, "echo no network >&2\nexit 1")).done;
    assert.equal(report?.type, "failed");
    assert.doesNotMatch(report.why, /\n/);
  }));

Deno.test("a fetch reports the version that is here", () =>
  withTemporaryFolder(async (folder) => {
    const { version } = await openvinoEngine();
    const report = await startFetch("openvino", emptyFeatureCache(folder)).done;
    assert.deepEqual(report, { type: "fetched", version });
  }));

Deno.test("ending a fetch that has ended does nothing", () =>
  withTemporaryFolder(async (folder) => {
    const fetching = startFetch("wasm", { XDG_CACHE_HOME: folder });
    assert.equal((await fetching.done)?.type, "fetched");
    await fetching.end();
  }));
