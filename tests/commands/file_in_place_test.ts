/** What commands say if a file is where a folder must be made, and that they say it before they compute anything. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { headlight } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";
import { png, withModelImages } from "./model_images.ts";

const TRAIN = ["train", "--data", "demo", "--base", "squeezenet11", "--weights", "random", "--engine", "wasm"];

const COMMANDS: readonly (readonly [flag: string, args: (place: string) => readonly string[]])[] = [
  ["--runs", (place) => [...TRAIN, "--plain", "--runs", place]],
  ["--runs", (place) => [...TRAIN, "--plain", "--name", "a", "--runs", place]],
  ["--runs", (place) => [...TRAIN, "--plain", "--resume", "--runs", place]],
  ["--runs", (place) => ["slurm", "--", ...TRAIN, "--name", "a", "--runs", place]],
  ["--runs", (place) => ["evaluate", "--runs", place]],
  ["--runs", (place) => ["report", "--runs", place]],
  ["--runs", (place) => ["predict", "x.png", "--runs", place]],
  ["--runs", (place) => ["runs", "--runs", place]],
  ["--tensorboard", (place) => [...TRAIN, "--plain", "--tensorboard", place]],
  // Below a file that is named, since these name a file.
  ["--out", (place) => ["slurm", "--out", join(place, "job.sh"), "--", ...TRAIN]],
  ["--out", (place) => ["report", "--out", join(place, "page.html")]],
  ["--out", (place) => ["plot", "--out", join(place, "plot.png")]],
  ["--out", (place) => ["evaluate", "--model", "none.keras", "--data", ".", "--out", join(place, "plot.svg")]],
];

for (const [flag, args] of COMMANDS) {
  const words = args("FILE");
  const command = ["--name", "--resume"].filter((word) => words.includes(word)).reduce(
    (text, word) => `${text} ${word}`,
    String(words[0]),
  );
  Deno.test(`bad input: ${command} ${flag} below a file names the file and exits with status 2`, async () => {
    await withTemporaryFolder(async (folder) => {
      Deno.writeTextFileSync(join(folder, "FILE"), "mine");
      Deno.symlinkSync("missing", join(folder, "LINK"));
      const [notFolder, broken] = [
        "is not a folder\\. Name another place\\.",
        "is a symbolic link to missing, which does not exist\\. Create that folder, or name another place\\.",
      ];
      for (
        const [place, what] of [["FILE", notFolder], ["FILE/sub/more", notFolder], ["LINK", broken], [
          "LINK/sub",
          broken,
        ]] as const
      ) {
        const { status, stderr } = await headlight(args(place), { cwd: folder });
        const [file = ""] = place.split("/");
        // The path is named once if it is the one that was typed.
        assert.match(stderr, new RegExp(`^headlight: ${flag} (\\S*${file}/\\S*: )?\\S+/${file} ${what}\n$`));
        assert.equal(status, 2);
      }
      assert.equal(Deno.readTextFileSync(join(folder, "FILE")), "mine");
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name).toSorted(), ["FILE", "LINK"]);
    });
  });
}

for (const [flag, args] of COMMANDS.filter(([flag]) => flag === "--out")) {
  const command = args("")[0];
  Deno.test(`bad input: ${command} --out refuses a folder in the place of its file, and a folder that cannot be written, before anything else`, async () => {
    await withTemporaryFolder(async (folder) => {
      const words = args("");
      const file = words[words.indexOf(flag) + 1] ?? "";
      Deno.mkdirSync(join(folder, file));
      const taken = await headlight(words, { cwd: folder });
      const path = join(Deno.realPathSync(folder), file);
      const text = `headlight: --out ${file}: ${path} is a folder. Name a file with --out.\n`;
      assert.deepEqual(taken, { status: 2, stdout: "", stderr: text });
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), [file]);
      // Nobody can create a file there.
      const closed = await headlight(args("/proc"), { cwd: folder });
      assert.match(
        closed.stderr,
        new RegExp(
          `^headlight: --out /proc/${file}: /proc cannot be written \\([^)]+\\)\\. Make it writable, or name another ` +
            "file with --out\\.\n$",
        ),
      );
      assert.deepEqual([closed.status, closed.stdout], [2, ""]);
    });
  });
}

Deno.test("bad input: predict --copy-to below a file names the file and exits with status 2", () =>
  withModelImages(["cat", "dog", "fox"], async ({ folder, model, images }) => {
    Deno.writeFileSync(join(images, "1.png"), await png(1));
    Deno.writeTextFileSync(join(folder, "FILE"), "mine");
    for (const place of ["FILE", "FILE/sub"]) {
      const { status, stderr } = await headlight(["predict", ...model, "images", "--copy-to", place, "--yes"], {
        cwd: folder,
      });
      assert.match(stderr, /^headlight: --copy-to FILE\S*: \S+\/FILE is not a folder\. Name another place\.\n$/);
      assert.equal(status, 2);
    }
  }));
