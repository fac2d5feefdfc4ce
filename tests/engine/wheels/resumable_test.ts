/** Tests downloads of large wheels, which go on where they were interrupted. The server and the processes are real. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findDownloadedBuild } from "../../../src/engine/cuda/find.ts";
import { CUDA_WHEELS, nvidiaParts } from "../../../src/engine/cuda/wheels.ts";
import { setUpOpenvino } from "../../../src/engine/openvino/setup.ts";
import { setUpTensorflow } from "../../../src/engine/tensorflow/setup.ts";
import { wheelAddress } from "../../../src/engine/wheels/address.ts";
import { runChild } from "../../../src/engine/wheels/child.ts";
import type { Wheel } from "../../../src/engine/wheels/pinned.ts";
import { provideWheel, provideWheels, type WheelParts } from "../../../src/engine/wheels/provide.ts";
import { HeadlightError } from "../../../src/errors.ts";
import { tryLock } from "../../../src/files/lock.ts";
import { programArgs } from "../../../src/program.ts";
import { type Faults, type TestServer, withServer } from "../../files/server.ts";
import { eventually } from "../../process.ts";
import { needs, withTemporaryFolder } from "../../support.ts";
import { SmallMachine } from "../small_machine.ts";

/** The largest of the small wheels. */
function partsOf(machine: SmallMachine): WheelParts {
  const [parts] = nvidiaParts(machine.cudaWheels);
  assert.ok(parts);
  return parts;
}

/** Registers a test with a machine whose pip names a server for the wheel. */
function serverTest(
  name: string,
  faults: Faults,
  body: (machine: SmallMachine, parts: WheelParts, server: TestServer) => Promise<void>,
): void {
  Deno.test(`large wheels: ${name}`, () =>
    withTemporaryFolder(async (folder) => {
      const machine = new SmallMachine(folder);
      const parts = partsOf(machine);
      await withServer(Deno.readFileSync(wheelFile(machine, parts.wheel)), faults, async (server) => {
        machine.setLink(parts.wheel, server.url);
        await body(machine, parts, server);
      });
    }));
}

function wheelFile(machine: SmallMachine, { package: name }: Wheel): string {
  return join(machine.folder, `${name}.whl`);
}

function provided(machine: SmallMachine, parts: WheelParts): Promise<string> {
  const { cacheRoot, python } = machine;
  return provideWheel(parts, { cacheRoot, python, onProgress: (progress) => machine.progress.push(progress) });
}

/** The names of downloads that are kept in the cache, whole or in part. */
function kept(machine: SmallMachine): string[] {
  return [...Deno.readDirSync(machine.engines)].map(({ name }) => name).filter((name) => /\.whl/.test(name)).sort();
}

function checkUnpacked(folder: string, { required }: WheelParts): void {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
  assert.deepEqual(names, [...required, "License.txt", "stamp.json"].sort());
  for (const name of required) {
    assert.equal(Deno.readTextFileSync(join(folder, name)), `library ${name} `.repeat(1000));
  }
}

async function refuses(work: Promise<unknown>, pattern: RegExp): Promise<void> {
  await assert.rejects(work, (error) => {
    assert(error instanceof HeadlightError, String(error));
    assert.match(error.message, pattern);
    assert.doesNotMatch(error.message, /\n/);
    assert.equal(error.exitStatus, 1);
    return true;
  });
}

serverTest("a wheel is downloaded from the address that pip names, without pip", {}, async (machine, parts, server) => {
  checkUnpacked(await provided(machine, parts), parts);
  assert.deepEqual(server.ranges, [null]);
  assert.equal(machine.downloads(parts.wheel.package), 0);
  assert.deepEqual(kept(machine), []);
  const label = /^downloading CUDA \([\d.]+ kB, wheel 2 of 8\): nvidia-cudnn-cu12 9\.3\.0\.75$/;
  const shown = machine.progress.filter((progress) => label.test(progress.label));
  assert.equal(shown[0]?.done, 0);
  assert.deepEqual(shown.at(-1), { ...shown[0], done: parts.wheel.bytes, total: parts.wheel.bytes });
});

serverTest("after a failure the next set-up goes on where the first one ended", {
  cutAfter: [1000],
  statuses: [undefined, 503],
}, async (machine, parts, server) => {
  await refuses(provided(machine, parts), /answered 503 .* after 1000 bytes\. Run the command again to resume$/);
  assert.deepEqual(kept(machine), [`${parts.wheel.package}-${parts.wheel.sha256}.whl.part`]);
  checkUnpacked(await provided(machine, parts), parts);
  assert.deepEqual(server.ranges, [null, "bytes=1000-", "bytes=1000-"]);
  assert.deepEqual(kept(machine), []);
  assert.equal(machine.downloads(parts.wheel.package), 0);
});

Deno.test("large wheels: TensorFlow's and OpenVINO's wheels go on where an interrupted download ended too", () =>
  withTemporaryFolder(async (folder) => {
    const machine = new SmallMachine(folder);
    const { wheel, openvino } = machine;
    const engines = [
      { wheel, file: "small.whl", prefix: "", setUp: () => setUpTensorflow(machine.options()) },
      {
        wheel: openvino,
        file: "openvino.whl",
        prefix: "openvino-",
        setUp: () => setUpOpenvino(machine.openvinoOptions()),
      },
    ];
    for (const { wheel, file, prefix, setUp } of engines) {
      const faults = { cutAfter: [100], statuses: [undefined, 503] };
      await withServer(Deno.readFileSync(join(folder, file)), faults, async (server) => {
        machine.setLink(wheel, server.url);
        await refuses(setUp(), /answered 503 .* after 100 bytes\. Run the command again to resume$/);
        assert.deepEqual(kept(machine), [`${prefix}${wheel.sha256}.whl.part`]);
        await setUp();
        assert.deepEqual(server.ranges, [null, "bytes=100-", "bytes=100-"]);
        assert.deepEqual([kept(machine), machine.downloads(wheel.package)], [[], 0]);
      });
    }
  }));

serverTest("a server without ranges sends the whole wheel again", {
  ignoreRange: true,
  cutAfter: [1000],
}, async (machine, parts, server) => {
  checkUnpacked(await provided(machine, parts), parts);
  assert.deepEqual(server.ranges, [null, "bytes=1000-"]);
});

serverTest("after kill -9 in the middle of a download the next set-up asks for the rest only", {
  silentAfter: 1000,
}, async (machine, parts, silent) => {
  const victim = child(machine);
  const part = join(machine.engines, `${parts.wheel.package}-${parts.wheel.sha256}.whl.part`);
  await eventually("the first bytes", () => existsSync(part) && Deno.statSync(part).size === 1000, 60_000);
  victim.kill("SIGKILL");
  await victim.status;
  assert.deepEqual(silent.ranges, [null]);
  const lock = tryLock(join(machine.engines, ".lock"));
  assert(lock !== null, "the lock is released because its owner died");
  lock.release();
  await withServer(Deno.readFileSync(wheelFile(machine, parts.wheel)), {}, async ({ url, ranges }) => {
    machine.setLink(parts.wheel, url);
    checkUnpacked(await provided(machine, parts), parts);
    assert.deepEqual(ranges, ["bytes=1000-"]);
  });
  assert.deepEqual(kept(machine), []);
});

serverTest("an abort ends a download from a silent server at once and keeps what was received", {
  silentAfter: 1000,
}, async (machine, parts) => {
  const stop = new AbortController();
  const reason = new Error("stopped");
  const part = join(machine.engines, `${parts.wheel.package}-${parts.wheel.sha256}.whl.part`);
  const { cacheRoot, python } = machine;
  const work = provideWheel(parts, { cacheRoot, python, onProgress: () => {}, signal: stop.signal });
  const failed = assert.rejects(work, reason);
  await eventually("the first bytes", () => existsSync(part) && Deno.statSync(part).size === 1000, 60_000);
  const sinceMs = performance.now();
  stop.abort(reason);
  await failed;
  assert.ok(performance.now() - sinceMs < 5000, `it took ${performance.now() - sinceMs} ms`);
  assert.deepEqual(kept(machine), [basename(part)]);
});

serverTest("a wheel with a wrong hash is refused and removed", {}, async (machine, parts, server) => {
  const wheel = { ...parts.wheel, sha256: "0".repeat(64) };
  // The index gives no hash, or the pinned one for another file.
  for (const hash of [null, wheel.sha256]) {
    machine.setLink(wheel, server.url, hash);
    await refuses(
      provided(machine, { ...parts, wheel }),
      new RegExp(
        `^the downloaded nvidia-cudnn-cu12 9\\.3\\.0\\.75 has the SHA-256 ${parts.wheel.sha256} instead of 0{64}`,
      ),
    );
    assert.deepEqual(kept(machine), []);
  }
  assert.equal(server.ranges.length, 2);
  assert.equal(machine.downloads(wheel.package), 0);
});

serverTest("a part of another wheel is not mended but downloaded again", {}, async (machine, parts, server) => {
  Deno.mkdirSync(machine.engines, { recursive: true });
  const part = join(machine.engines, `${parts.wheel.package}-${parts.wheel.sha256}.whl.part`);
  Deno.writeFileSync(part, new Uint8Array(1000));
  checkUnpacked(await provided(machine, parts), parts);
  assert.deepEqual(server.ranges, ["bytes=1000-", null]);
});

serverTest("an index that has another file is refused before the download", {}, async (machine, parts, server) => {
  machine.setLink(parts.wheel, server.url, "1".repeat(64));
  await refuses(provided(machine, parts), /has the SHA-256 1{64} instead of [0-9a-f]{64}, so it is not used\./);
  assert.deepEqual(server.ranges, []);
});

serverTest("a server that needs pip's credentials leaves the download to pip", {
  status: 401,
}, async (machine, parts, server) => {
  checkUnpacked(await provided(machine, parts), parts);
  assert.deepEqual(server.ranges, [null]);
  assert.equal(machine.downloads(parts.wheel.package), 1);
  assert.deepEqual(kept(machine), []);
});

Deno.test("large wheels: a pip that names no address downloads the wheel itself", () =>
  withTemporaryFolder(async (folder) => {
    const machine = new SmallMachine(folder);
    const parts = partsOf(machine);
    checkUnpacked(await provided(machine, parts), parts);
    assert.equal(machine.downloads(parts.wheel.package), 1);
  }));

serverTest("two processes at once download once", {}, async (machine, parts, server) => {
  const outputs = await Promise.all([1, 2].map(() => child(machine).output()));
  const [one, two] = outputs.map(({ stdout }) => new TextDecoder().decode(stdout).trim());
  assert.ok(one);
  assert.equal(one, two);
  checkUnpacked(one, parts);
  assert.deepEqual(server.ranges, [null]);
});

serverTest("an interrupted set-up downloads only what is missing", {}, async (machine, parts) => {
  const all = nvidiaParts(machine.cudaWheels).slice(0, 3);
  const options = { cacheRoot: machine.cacheRoot, python: machine.python, onProgress: () => {} };
  const stop = new AbortController();
  const reason = new Error("stopped");
  const onProgress = ({ label }: { label: string }) => {
    if (label.includes("wheel 4 of 8")) stop.abort(reason);
  };
  await assert.rejects(provideWheels(all, { ...options, onProgress, signal: stop.signal }), reason);
  const [first, ...others] = await provideWheels(all, options);
  assert.ok(first);
  checkUnpacked(first, parts);
  assert.equal(others.length, 2);
  assert.deepEqual(all.map(({ wheel }) => machine.downloads(wheel.package)), [0, 1, 1]);
  // What is there is found without Python.
  Deno.removeSync(machine.python);
  assert.deepEqual(await provideWheels(all, options), [first, ...others]);
  assert.equal(findDownloadedBuild(machine.cudaOptions()), null, "TensorFlow and four wheels are missing");
});

serverTest("an incomplete download of another version is removed", {}, async (machine, parts) => {
  Deno.mkdirSync(machine.engines, { recursive: true });
  const other = join(machine.engines, `${parts.wheel.package}-${"a".repeat(64)}.whl.part`);
  const foreign = join(machine.engines, `nvidia-cublas-cu12-${"a".repeat(64)}.whl.part`);
  for (const path of [other, foreign]) Deno.writeTextFileSync(path, "part");
  await provided(machine, parts);
  assert.deepEqual([existsSync(other), existsSync(foreign)], [false, true]);
});

const PIP = (await runChild("python3", ["-m", "pip", "--version"]))?.code === 0;

Deno.test({
  name: "large wheels: the machine's own pip tells a wheel's address and hash without downloading it" +
    (PIP ? "" : needs("Python with pip")),
  ignore: !PIP,
  async fn() {
    const [{ wheel }] = CUDA_WHEELS.nvidia as [typeof CUDA_WHEELS.nvidia[number]];
    const file = `nvidia_cudnn_cu12-${wheel.version}-py3-none-${wheel.platform}.whl`;
    const asked: string[] = [];
    const index = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
      asked.push(new URL(request.url).pathname);
      const others = ["win_amd64", "manylinux2014_aarch64"].map((platform) => file.replace(wheel.platform, platform));
      const links = [...others, file].map((name) => `<a href="/files/${name}#sha256=${wheel.sha256}">${name}</a>`);
      return new Response(`<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`, {
        headers: { "content-type": "text/html" },
      });
    });
    const root = `http://127.0.0.1:${index.addr.port}`;
    const before = { ...Deno.env.toObject() };
    const own = { PIP_INDEX_URL: `${root}/simple`, PIP_FIND_LINKS: "", PIP_CONFIG_FILE: "/dev/null", NO_PROXY: "*" };
    for (const [name, value] of Object.entries(own)) Deno.env.set(name, value);
    try {
      const address = await wheelAddress(wheel, { python: "python3" });
      assert.deepEqual(address, { url: `${root}/files/${file}`, sha256: wheel.sha256 });
      assert.equal(await wheelAddress({ ...wheel, version: "1.0" }, { python: "python3" }), null);
      assert.deepEqual(asked.filter((path) => path.startsWith("/files/")), []);
    } finally {
      for (const name of Object.keys(own)) {
        if (before[name] === undefined) Deno.env.delete(name);
        else Deno.env.set(name, before[name]);
      }
      await index.shutdown();
    }
  },
});

Deno.test("large wheels: a pip that does not answer in time names no address, and aborting passes the reason on", () =>
  withTemporaryFolder(async (folder) => {
    const [{ wheel }] = CUDA_WHEELS.nvidia as [typeof CUDA_WHEELS.nvidia[number]];
    const python = join(folder, "python3");
    Deno.writeTextFileSync(python, "#!/bin/sh\nexec sleep 600\n", { mode: 0o755 });
    assert.equal(await wheelAddress(wheel, { python, limitMs: 50 }), null);
    const reason = new Error("stopped");
    await assert.rejects(wheelAddress(wheel, { python, signal: AbortSignal.abort(reason) }), reason);
  }));

/** A process that provides the wheel on the small machine and prints the folder. */
function child(machine: SmallMachine): Deno.ChildProcess {
  const script = fileURLToPath(new URL("provide_child.ts", import.meta.url));
  const args = programArgs(script, machine.folder);
  return new Deno.Command(Deno.execPath(), { args, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
}
