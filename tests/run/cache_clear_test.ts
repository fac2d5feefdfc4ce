/** Real runs whose cache is cleared before, while and after they use it. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cacheRoot } from "../../src/paths.ts";
import { bmp } from "../data/images/made_images.ts";
import { tensorflowEngine } from "../engine.ts";
import { eventually, headlight, JsonRun } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { ENDLESS, SMALL_RUN } from "./small_run.ts";

// Sets up the engine beforehand, so that the runs do not include it.
await tensorflowEngine();

/** A cache of its own with a copy of this machine's engines, which hard links make cheap. */
async function ownCache(folder: string): Promise<{ root: string; env: Record<string, string> }> {
  const root = join(folder, "headlight");
  Deno.mkdirSync(root);
  const args = ["-al", join(cacheRoot(), "engines"), root];
  assert.ok((await new Deno.Command("cp", { args }).output()).success);
  return { root, env: { XDG_CACHE_HOME: folder } };
}

function entries(root: string, ...kind: string[]): string[] {
  const folder = join(root, ...kind);
  return existsSync(folder) ? readdirSync(folder).filter((name) => !/^\.|\.lock$/.test(name)) : [];
}

function rowsFolders(root: string): string[] {
  return entries(root, "features").flatMap((version) => entries(root, "features", version));
}

function newest(runs: string): string {
  return join(runs, readdirSync(runs).sort().at(-1) ?? "");
}

Deno.test("a run after cache clear ends with the same bits; evaluate and predict make what is gone again", async () => {
  await withTemporaryFolder(async (folder) => {
    const { root, env } = await ownCache(folder);
    const runs = join(folder, "runs");
    const train = async () => {
      const { status, stderr } = await headlight(["train", ...SMALL_RUN, "--epochs", "3", "--runs", runs], { env });
      assert.equal(status, 0, stderr);
      const run = newest(runs);
      return ["history.csv", "checkpoints/last/weights.bin"].map((name) =>
        readFileSync(join(run, name)).toString("hex")
      );
    };
    const clear = async () => {
      // The engine is kept, because setting it up takes a minute.
      const holder = Deno.openSync(join(root, "engines", ".lock"), { read: true, write: true, create: true });
      holder.lockSync(true);
      const { stdout, stderr } = await headlight(["cache", "clear", "--all", "--yes"], { env });
      holder.close();
      assert.equal(stderr, "");
      assert.match(stdout, /deleted weights +[\d.]+ MB +random-squeezenet11-/);
      assert.deepEqual([...rowsFolders(root), ...entries(root, "graphs"), ...entries(root, "weights")], []);
    };
    const before = await train();
    const listed = (await headlight(["cache"], { env })).stdout;
    assert.match(listed, /^features +.* squeezenet11 random 64 float32, [\d,]+ images$/m);
    assert.match(listed, /^graphs +.* squeezenet11 random 64 float32$/m);
    // A machine with two engines of one version shows the beginnings of their folders' names too.
    assert.match(listed, /^engines +.* TensorFlow [\d.]+ \(\w+\)(?: \(\S+\))?$/m);
    const evaluated = (await headlight(["evaluate", "--runs", runs, "--json"], { env })).stdout;
    const photo = join(folder, "photo.bmp");
    Deno.writeFileSync(photo, bmp(64, 64));
    const predict = () => headlight(["predict", newest(runs), photo, "--runs", runs, "--json"], { env });
    const predicted = await predict();
    assert.equal(predicted.status, 0, predicted.stderr);
    await clear();
    assert.deepEqual(await predict(), predicted);
    await clear();
    const again = await headlight(["evaluate", "--runs", runs, "--json"], { env });
    assert.equal(again.status, 0, again.stderr);
    assert.equal(again.stdout, evaluated);
    await clear();
    assert.deepEqual(await train(), before);
  });
});

Deno.test("cache clear --all during a run's extraction keeps what it uses, and during training frees its features", async () => {
  await withTemporaryFolder(async (folder) => {
    const { root, env } = await ownCache(folder);
    const run = new JsonRun(["train", ...SMALL_RUN, ...ENDLESS, "--runs", join(folder, "runs")], { env });
    await run.until("phase", ({ name }) => name === "extract");
    await eventually("the extractor has a graph", () => entries(root, "graphs").length > 0, 60_000);
    const during = await headlight(["cache", "clear", "--all", "--yes"], { env });
    const trained = run.all("phase").some(({ name }) => name === "train");
    assert.equal(during.status, 1, during.stderr);
    assert.match(during.stdout, /kept, in use: engines/);
    assert.match(during.stdout, /kept, in use: weights/);
    if (!trained) assert.match(during.stdout, /kept, in use: features/);
    await run.until("epoch", ({ epoch }) => epoch === 2);
    const after = await headlight(["cache", "clear", "--all", "--yes"], { env });
    assert.match(after.stdout, /kept, in use: engines/);
    assert.deepEqual(rowsFolders(root), []);
    const { epoch } = run.all("epoch").at(-1) ?? { epoch: 0 };
    await run.until("epoch", (event) => event.epoch > epoch + 1);
    run.kill("SIGTERM");
    assert.equal(await run.status(), 143);
    assert.equal((await run.until("end")).reason, "interrupted");
  });
});
