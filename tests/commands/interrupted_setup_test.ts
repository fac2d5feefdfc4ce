/** Tests a command that is interrupted while it sets an engine up. The server has the beginning of the wheel only. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { platformName } from "../../src/engine/wheels/pinned.ts";
import { wheelFor } from "../../src/engine/tensorflow/wheel.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { withServer } from "../files/server.ts";
import { eventually, headlightArgs } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { PseudoTerminal } from "../terminal/pseudo_terminal.ts";

const KEPT = "headlight: What was downloaded so far is kept; the same command goes on.";

interface Place {
  readonly env: Record<string, string>;
  /** The incomplete download. */
  readonly part: string;
  /** Whether pip, which keeps no part, has begun to download. */
  readonly hasPip: () => boolean;
}

/** Calls `body` with a Python that has no TensorFlow. Its pip names the server's wheel, or else downloads for ever. */
async function withPython(namesAddress: boolean, body: (place: Place) => Promise<void>): Promise<void> {
  const wheel = wheelFor(platformName());
  assert.ok(wheel);
  await withServer(new Uint8Array(2000), { silentAfter: 1000 }, ({ url }) =>
    withTemporaryFolder(async (folder) => {
      const link = JSON.stringify({ url, sha256: wheel.sha256 });
      const script = `#!/bin/sh
case "$*" in
  *find_best_candidate*) ${namesAddress ? `echo '${link}'` : "exit 1"} ;;
  *"-m pip"*) touch "${folder}/pip"; exec sleep 600 ;;
esac
`;
      Deno.writeTextFileSync(join(folder, "python3"), script, { mode: 0o755 });
      await body({
        env: { XDG_CACHE_HOME: folder, HEADLIGHT_TENSORFLOW: "", PATH: `${folder}:${Deno.env.get("PATH")}` },
        part: join(folder, "headlight", "engines", `${wheel.sha256}.whl.part`),
        hasPip: () => existsSync(join(folder, "pip")),
      });
    }));
}

const hasPart = ({ part }: Place) => existsSync(part) && Deno.statSync(part).size === 1000;

Deno.test("Ctrl-C in a terminal during a download says that it is kept, and it is", () =>
  withPython(true, async (place) => {
    const args = headlightArgs(["engine", "tensorflow"]);
    const terminal = new PseudoTerminal(Deno.execPath(), args, { columns: 100, rows: 10, env: place.env });
    try {
      await terminal.shows("downloading TensorFlow 2.21.0: ", 30_000);
      await eventually("the first bytes", () => hasPart(place), 30_000);
      terminal.write("\x03");
      assert.equal(await terminal.exited, 130);
      assert.deepEqual(terminal.screen().filter((line) => line !== ""), [KEPT]);
      assert.ok(hasPart(place));
    } finally {
      await terminal.end();
    }
  }));

/** Interrupts `engine tensorflow` in a pipe once `isThere`, and returns its lines on standard error. */
async function interrupted({ env }: Place, isThere: () => boolean): Promise<string[]> {
  const command = new Deno.Command(Deno.execPath(), {
    args: headlightArgs(["engine", "tensorflow"]),
    ...{ cwd: PROJECT_ROOT, env, stdin: "null", stdout: "piped", stderr: "piped" },
  }).spawn();
  const ended = command.output();
  await eventually("the download", isThere, 60_000);
  // A step is reported after a second.
  await new Promise((resolve) => setTimeout(resolve, 2000));
  command.kill("SIGTERM");
  const { code, stdout, stderr } = await ended;
  assert.deepEqual([code, stdout.length], [143, 0]);
  return new TextDecoder().decode(stderr).trimEnd().split("\n");
}

const DOWNLOAD = /^headlight: Downloading TensorFlow 2\.21\.0 \(\d+ MB\), once\.$/;

Deno.test("in a pipe the download is announced on standard error, and a signal says that it is kept", () =>
  withPython(true, async (place) => {
    const lines = await interrupted(place, () => hasPart(place));
    assert.equal(lines.filter((line) => DOWNLOAD.test(line)).length, 1);
    assert.equal(lines.at(-1), KEPT);
  }));

Deno.test("a signal during a download of pip's own, of which nothing is kept, does not say that it is kept", () =>
  withPython(false, async (place) => {
    const lines = await interrupted(place, place.hasPip);
    assert.match(lines.at(-1) ?? "", DOWNLOAD);
    assert.ok(!lines.includes(KEPT));
  }));
