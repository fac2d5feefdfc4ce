/** `predict --csv`, and which of predict's options cannot be combined. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { tensorflowEngine } from "../engine.ts";
import { headlight } from "../process.ts";
import { png, withModelImages } from "./model_images.ts";

await tensorflowEngine();

Deno.test("predict --csv prints a head and a line for each image with the probability of every class, status 1 for an unreadable one", () =>
  withModelImages(["=cat", "day bed", "fox, red"], async ({ folder, model, images }) => {
    Deno.writeFileSync(join(folder, "=1.png"), await png(1));
    Deno.writeFileSync(join(images, "2, two.png"), await png(2));
    Deno.writeTextFileSync(join(images, "bad.png"), "no image");
    const { status, stdout, stderr } = await headlight(["predict", ...model, "--csv", "=1.png", "images"], {
      cwd: folder,
    });
    assert.equal(status, 1, stderr);
    // Decoding has removed the byte order mark.
    const lines = stdout.split("\n");
    assert.equal(lines[0], 'path,class,probability,p(=cat),p(day bed),"p(fox, red)",error');
    assert.match(lines[1] ?? "", /^\.\/=1\.png,'=cat,(0\.\d{6}),\1,0\.\d{6},0\.\d{6},$/);
    assert.match(lines[2] ?? "", /^"images\/2, two\.png",'=cat,(0\.\d{6}),\1,0\.\d{6},0\.\d{6},$/);
    assert.match(lines[3] ?? "", /^images\/bad\.png,,,,,,"?it is not a JPEG/);
    assert.deepEqual(lines.slice(4), [""]);
    assert.match(stderr, /headlight: images\/bad\.png: it is not a JPEG/);
    const shares = (lines[1] ?? "").split(",").slice(3, 6).map(Number);
    assert.ok(Math.abs(shares.reduce((sum, share) => sum + share, 0) - 1) < 1e-5);

    const top = await headlight(["predict", ...model, "--csv", "--top", "2", "images"], { cwd: folder });
    assert.match(top.stdout, /^path,class,probability,class 2,probability 2,error\n"images\/2, two\.png",'=cat,/);
  }));

Deno.test("bad input: options of predict that cannot be combined are refused in one line that says what to remove", () =>
  withModelImages(["cat", "dog", "fox"], async ({ folder, model, images }) => {
    Deno.writeFileSync(join(images, "1.png"), await png(1));
    const both = (one: string, other: string) =>
      new RegExp(`^headlight: ${one} cannot be combined with ${other}[.,].* Remove one of them\\.\n$`);
    const cases: readonly (readonly [readonly string[], RegExp])[] = [
      [["images", "--csv", "--json"], both("--csv", "--json")],
      [["images", "--copy-to", "to", "--json"], both("--copy-to", "--json")],
      [["images", "--copy-to", "to", "--csv"], both("--copy-to", "--csv")],
      [["images", "--copy-to", "to", "--top", "1"], both("--copy-to", "--top")],
      [["--copy-to", "to", "--watch", "images"], both("--copy-to", "--watch")],
      [["images", "--yes"], /^headlight: --yes needs --copy-to DIR\. Remove it, or name the folder to copy to\.\n$/],
      [["images", "--watch", "images"], /^headlight: --watch cannot be combined with other images\. Remove images, /],
      [["images", "--copy-to", "to"], /--copy-to needs a terminal to ask for confirmation\. Add --yes to copy/],
      [
        ["images", "--copy-to", "model/classes.txt", "--yes"],
        /^headlight: --copy-to model\/classes\.txt: \S+classes\.txt is not a folder\. Name another place\.\n$/,
      ],
      [["--watch", "nowhere"], /--watch nowhere: there is no such folder\. Make it, or name another one\.\n$/],
      [["--watch", "model/classes.txt"], /--watch model\/classes\.txt is a file\. Name a folder/],
    ];
    for (const [args, says] of cases) {
      const { status, stdout, stderr } = await headlight(["predict", ...model, ...args], { cwd: folder });
      assert.deepEqual([status, stdout], [2, ""], stderr);
      assert.match(stderr, says);
    }
    const noModel = await headlight(["predict", "images/1.png", "--watch", "images"], { cwd: folder });
    assert.match(noModel.stderr, /^headlight: --watch cannot be combined with other images\. Remove images\/1\.png, /);
  }));
