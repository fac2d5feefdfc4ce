/** `predict --copy-to`: sorts images by copying. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { eventually, headlight, headlightArgs } from "../process.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../small_disk.ts";
import { needs } from "../support.ts";
import { PseudoTerminal } from "../terminal/pseudo_terminal.ts";
import { png, withModelImages } from "./model_images.ts";

await tensorflowEngine();

/** The model predicts its first class for all of these images. */
const FIRST = "n/a";
const NAMES = [FIRST, "dog", "fox"] as const;

/** Returns all files below a folder with their sizes. */
function filesIn(folder: string): Map<string, number> {
  const found = new Map<string, number>();
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = join(folder, name);
    if (!isDirectory) found.set(name, Deno.statSync(path).size);
    else for (const [inner, size] of filesIn(path)) found.set(join(name, inner), size);
  }
  return found;
}

Deno.test("predict --copy-to copies each image once into the folder of its class, and replaces nothing", () =>
  withModelImages(NAMES, async ({ folder, model, images }) => {
    const [one, two] = [await png(1), await png(2)];
    for (const name of ["a", "b"]) Deno.mkdirSync(join(images, name));
    Deno.writeFileSync(join(images, "a", "1.png"), one);
    Deno.writeFileSync(join(images, "b", "1.png"), two);
    Deno.writeFileSync(join(images, "b", "2.png"), two);
    Deno.writeTextFileSync(join(images, "bad.png"), "no image");
    Deno.mkdirSync(join(folder, "to", "n_a"), { recursive: true });
    Deno.writeTextFileSync(join(folder, "to", "n_a", "1.png"), "mine");
    Deno.writeFileSync(join(folder, "to", "n_a", "2.png"), two);
    const copy = () => headlight(["predict", ...model, "images", "--copy-to", "to", "--yes"], { cwd: folder });

    const first = await copy();
    assert.equal(first.status, 1, "one image cannot be read");
    assert.equal(first.stdout, "2  n/a into n_a/ (2 renamed; left out: 1 already there)\ncopied 2 images into to\n");
    assert.match(first.stderr, /^headlight: images\/bad\.png: it is not/m);
    const expected = new Map([["1 (2).png", one.length], ["1 (3).png", two.length], ["1.png", 4], [
      "2.png",
      two.length,
    ]]);
    const there = () => new Map([...filesIn(join(folder, "to", "n_a"))].toSorted());
    assert.deepEqual(there(), expected);
    assert.deepEqual(filesIn(images).size, 4, "nothing was moved");

    const second = await copy();
    assert.equal(second.stdout, "0  n/a into n_a/ (left out: 3 already there)\nall of them are in to already\n");
    assert.deepEqual(there(), expected);
  }));

Deno.test("predict --copy-to calls an image a duplicate that it copies under the same name already, not one that is there", () =>
  withModelImages(NAMES, async ({ folder, model, images }) => {
    for (const name of ["a", "b", "c"]) Deno.mkdirSync(join(images, name));
    for (const name of ["a", "b"]) Deno.writeFileSync(join(images, name, "1.png"), await png(1));
    Deno.writeFileSync(join(images, "c", "1.png"), await png(2));
    const given = ["images/a/1.png", "images/a/1.png", "images/b/1.png", "images/c/1.png"];
    const copy = async () =>
      (await headlight(["predict", ...model, ...given, "--copy-to", "to", "--yes"], { cwd: folder })).stdout;
    assert.equal(
      await copy(),
      "2  n/a into n_a/ (1 renamed; left out: 2 duplicates)\ncopied 2 images into to\n",
    );
    assert.equal(await copy(), "0  n/a into n_a/ (left out: 4 already there)\nall of them are in to already\n");
  }));

Deno.test("bad input: predict --copy-to refuses a class's folder that is a link, so that nothing is copied elsewhere", () =>
  withModelImages(NAMES, async ({ folder, model, images }) => {
    Deno.writeFileSync(join(images, "1.png"), await png(1));
    Deno.mkdirSync(join(folder, "elsewhere"));
    Deno.mkdirSync(join(folder, "to"));
    Deno.symlinkSync("../elsewhere", join(folder, "to", "n_a"));
    const { status, stderr } = await headlight(["predict", ...model, "images", "--copy-to", "to", "--yes"], {
      cwd: folder,
    });
    assert.equal(status, 2);
    assert.match(stderr, /--copy-to: \S+\/to\/n_a is a link, but must be the folder of a class\. Rename it, or/);
    assert.equal(filesIn(join(folder, "elsewhere")).size, 0);
  }));

Deno.test("bad input: predict --copy-to a place where no folder can be made is refused in one line, status 1", () =>
  withModelImages(NAMES, async ({ folder, model, images }) => {
    for (const seed of [1, 2]) Deno.writeFileSync(join(images, `${seed}.png`), await png(seed));
    const { status, stderr } = await headlight(["predict", ...model, images, "--copy-to", "/proc/none", "--yes"], {
      cwd: folder,
    });
    assert.equal(status, 1, stderr);
    assert.match(
      stderr,
      /--copy-to \/proc\/none: \/proc\/none\/n_a cannot be written to \(.+\), so nothing was copied\./,
    );
    assert.equal(stderr.trimEnd().split("\n").length, 2, stderr);
  }));

for (const [answer, copies] of [["y", true], ["", false], ["n", false], ["\x03", false]] as const) {
  Deno.test(`predict --copy-to says how many go where and asks, and the answer ${JSON.stringify(answer)} copies ${copies ? "them" : "nothing"}`, () =>
    withModelImages(NAMES, async ({ folder, model, images }) => {
      for (const seed of [1, 2]) Deno.writeFileSync(join(images, `${seed}.png`), await png(seed));
      const to = join(folder, "to");
      const terminal = new PseudoTerminal(
        Deno.execPath(),
        headlightArgs(["predict", ...model, images, "--copy-to", to]),
        { columns: 120, rows: 24 },
      );
      try {
        await terminal.shows(/^2 {2}n\/a into n_a\/\nCopy 2 images into \S+\/to\? y\/N/m, 60_000);
        assert.ok(!existsSync(to));
        terminal.write(answer === "\x03" ? answer : `${answer}\r`);
        const status = await terminal.exited;
        if (answer !== "\x03") {
          assert.equal(status, 0);
          await terminal.shows(copies ? /^copied 2 images into/m : /^nothing was copied/m);
        }
        assert.deepEqual(
          existsSync(to) ? [...filesIn(to).keys()].sort() : [],
          copies ? ["n_a/1.png", "n_a/2.png"] : [],
        );
      } finally {
        await terminal.end();
      }
    }));
}

Deno.test("ctrl-c while predict --copy-to copies leaves whole files only and says how many, status 130", () =>
  withModelImages(NAMES, async ({ folder, model, images }) => {
    const bytes = await png(1);
    const many = 4000;
    for (let index = 0; index < many; index++) Deno.writeFileSync(join(images, `${index}.png`), bytes);
    const command = new Deno.Command(Deno.execPath(), {
      args: headlightArgs(["predict", ...model, images, "--copy-to", join(folder, "to"), "--yes"]),
      ...{ env: { NO_COLOR: "1" }, stdin: "null", stdout: "piped", stderr: "piped" },
    }).spawn();
    await eventually("copying begins", () => existsSync(join(folder, "to", "n_a", "0.png")), 120_000);
    command.kill("SIGINT");
    const { code, stderr } = await command.output();
    const said = new TextDecoder().decode(stderr);
    assert.equal(code, 130, said);
    const copied = filesIn(join(folder, "to"));
    assert.ok(copied.size > 0 && copied.size < many);
    assert.ok([...copied].every(([name, size]) => size === bytes.length && /^n_a\/\d+\.png$/.test(name)));
    const number = copied.size.toLocaleString("en-US");
    const last = `headlight: Stopped: ${number} of 4,000 images were copied, each as a whole. Repeat the command to`;
    assert.ok(said.includes(last), said);
  }));

Deno.test({
  name: `a full disk ends predict --copy-to with whole files only, and the line says how many${needs(MOUNTS)}`,
  ignore: !CAN_MOUNT,
  fn: () =>
    withModelImages(NAMES, async ({ folder, model, images }) => {
      await using disk = await SmallDisk.open(4);
      const bytes = await png(1);
      // Data after the end of a PNG is no part of the image.
      const large = new Uint8Array(1_000_000);
      large.set(bytes);
      for (let index = 0; index < 8; index++) {
        large[large.length - 1] = index;
        Deno.writeFileSync(join(images, `${index}.png`), large);
      }
      const { status, stdout, stderr } = await headlight(
        ["predict", ...model, "images", "--copy-to", disk.path, "--yes"],
        { cwd: folder },
      );
      assert.deepEqual([status, stdout], [75, "8  n/a into n_a/\n"], stderr);
      const copied = filesIn(disk.path);
      assert.ok(copied.size >= 2 && copied.size < 8);
      assert.ok([...copied.values()].every((size) => size === large.length));
      const says = `disk full. Free some space. ${copied.size} of 8 images were copied, each as a whole. Repeat`;
      assert.ok(stderr.includes(says), stderr);
    }),
});
