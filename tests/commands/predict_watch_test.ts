/** `predict --watch`: images are predicted as they come into a folder. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { headlightArgs } from "../process.ts";
import { withImageRun } from "../results/image_run.ts";
import { type ModelImages, png, withModelImages } from "./model_images.ts";

await tensorflowEngine();

/** How long a line may take on a busy machine. */
const LINE_MS = 60_000;

/** A watching process, whose lines a test can wait for. */
class Watching {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #errors: Promise<string>;
  #rest = "";

  constructor(args: readonly string[], cwd: string, env: Record<string, string> = {}) {
    this.#child = new Deno.Command(Deno.execPath(), {
      args: headlightArgs(["predict", ...args]),
      ...{ cwd, env: { NO_COLOR: "1", ...env }, stdin: "null", stdout: "piped", stderr: "piped" },
    }).spawn();
    this.#lines = this.#child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    this.#errors = new Response(this.#child.stderr).text();
  }

  async line(): Promise<string> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), LINE_MS);
    try {
      while (!this.#rest.includes("\n")) {
        const { done, value } = await this.#lines.read();
        if (done) throw new Error(`no further line: ${await this.#errors}`);
        this.#rest += value;
      }
    } finally {
      clearTimeout(timer);
    }
    const [line = "", ...rest] = this.#rest.split("\n");
    this.#rest = rest.join("\n");
    return line;
  }

  async ended(signal?: Deno.Signal): Promise<{ status: number; rest: string; stderr: string }> {
    if (signal) this.#child.kill(signal);
    for (let next = await this.#lines.read(); !next.done; next = await this.#lines.read()) this.#rest += next.value;
    return { status: (await this.#child.status).code, rest: this.#rest, stderr: await this.#errors };
  }
}

const watch = ({ folder, model }: ModelImages, ...flags: string[]) =>
  new Watching([...model, "--watch", "images", ...flags], folder);

Deno.test("predict --watch predicts what is there, then what comes whole, in pieces or renamed into place, and ends with 0", () =>
  withModelImages(["cat", "dog", "fox"], async (made) => {
    const { images } = made;
    const bytes = await png(2);
    Deno.writeFileSync(join(images, "1.png"), await png(1));
    const watching = watch(made, "--json");
    const next = async () => {
      const { path, predictions } = JSON.parse(await watching.line()) as { path: string; predictions: unknown[] };
      assert.equal(predictions.length, 3);
      return path;
    };
    assert.equal(await next(), "images/1.png");
    Deno.writeFileSync(join(images, "2.png"), bytes.subarray(0, 300));
    Deno.writeFileSync(join(images, ".3.png.part"), await png(3));
    Deno.renameSync(join(images, ".3.png.part"), join(images, "3.png"));
    assert.equal(await next(), "images/3.png", "the incomplete image waits");
    Deno.writeFileSync(join(images, "2.png"), bytes.subarray(300), { append: true });
    assert.equal(await next(), "images/2.png");
    // Another image under a name that was predicted.
    Deno.writeFileSync(join(images, "1.png"), await png(4));
    assert.equal(await next(), "images/1.png");
    const { status, rest, stderr } = await watching.ended("SIGINT");
    assert.deepEqual([status, rest], [0, ""], stderr);
    assert.match(stderr, /^headlight: The classes are named by \S+classes\.txt\n$/);
  }));

Deno.test("predict --watch names an image that stays unreadable, and a removed folder ends it in one line, status 1", () =>
  withModelImages(["cat", "dog", "fox"], async (made) => {
    const { images } = made;
    Deno.writeTextFileSync(join(images, "bad.png"), "no image");
    const watching = watch(made, "--csv");
    assert.match(await watching.line(), /^path,class,probability,p\(cat\),p\(dog\),p\(fox\),error$/);
    assert.match(await watching.line(), /^images\/bad\.png,,,,,,"it is not a JPEG/);
    Deno.writeFileSync(join(images, "=2.png"), await png(2));
    assert.match(await watching.line(), /^images\/=2\.png,cat,0\.\d{6},/);
    Deno.removeSync(images, { recursive: true });
    const { status, rest, stderr } = await watching.ended();
    assert.deepEqual([status, rest], [1, ""]);
    const lines = stderr.trimEnd().split("\n");
    assert.equal(lines.length, 3, "the names of the classes, the broken image, the folder");
    assert.match(lines[2] ?? "", /^headlight: --watch images: the folder was removed\. Restore it and run/);
  }));

Deno.test("predict --watch uses a run, whose classes and preprocessing it knows", () =>
  withImageRun(["--engine", "tensorflow"], async ({ directory, data, env }) => {
    const images = join(data, "..", "arriving");
    Deno.mkdirSync(images);
    const watching = new Watching([directory, "--watch", images], data, env);
    Deno.copyFileSync(join(data, "val", "red", "16.jpg"), join(images, "16.jpg"));
    assert.match(await watching.line(), /arriving\/16\.jpg {2}(?:green|red|very blue) [01]\.\d{3} {2}/);
    const { status, stderr } = await watching.ended("SIGTERM");
    assert.deepEqual([status, stderr], [0, ""]);
  }));
