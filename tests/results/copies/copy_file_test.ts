/** Tests that a copy is whole or not there, and that nothing is replaced. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { copyFile, realDisk, sameContent } from "../../../src/results/copies/copy_file.ts";
import { diskProblem } from "../../../src/files/room.ts";
import { CAN_MOUNT, MOUNTS, SmallDisk } from "../../small_disk.ts";
import { needs, withTemporaryFolder } from "../../support.ts";

const planned = (source: string, folder: string, name: string) =>
  ({ source, class: "cat", folder, name, number: 1, skippedBecause: null }) as const;

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("a copy has the content and the time of its source, and takes the next number if its name was taken meanwhile", () =>
  withTemporaryFolder((folder) => {
    const [source, to] = [join(folder, "1.jpg"), join(folder, "to", "cat")];
    Deno.writeTextFileSync(source, "an image", { mode: 0o444 });
    Deno.utimeSync(source, 1_600_000_000, 1_500_000_000);
    assert.equal(copyFile(planned(source, to, "1.jpg")), true);
    assert.equal(Deno.statSync(join(to, "1.jpg")).mtime?.getTime(), 1_500_000_000_000);
    assert.equal(copyFile(planned(source, to, "1.jpg")), false, "the same file is there by now");
    Deno.removeSync(join(to, "1.jpg"));
    Deno.writeTextFileSync(join(to, "1.jpg"), "another");
    Deno.symlinkSync("/nowhere", join(to, "1 (2).jpg"));
    assert.equal(copyFile(planned(source, to, "1.jpg")), true);
    assert.deepEqual(namesIn(to), ["1 (2).jpg", "1 (3).jpg", "1.jpg"]);
    assert.equal(Deno.readTextFileSync(join(to, "1.jpg")), "another");
    assert.equal(Deno.readTextFileSync(join(to, "1 (3).jpg")), "an image");
    assert.equal(Deno.readLinkSync(join(to, "1 (2).jpg")), "/nowhere");
  }));

Deno.test("a name of 255 bytes can be copied", () =>
  withTemporaryFolder((folder) => {
    const name = "x".repeat(251) + ".jpg";
    Deno.writeTextFileSync(join(folder, name), "an image");
    assert.equal(copyFile(planned(join(folder, name), join(folder, "to"), name)), true);
    assert.deepEqual(namesIn(join(folder, "to")), [name]);
  }));

Deno.test("files are the same if every byte is, and something that cannot be read is like no other file", () =>
  withTemporaryFolder((folder) => {
    const write = (name: string, bytes: Uint8Array) => {
      Deno.writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const bytes = new Uint8Array(200_000).map((_, index) => index % 251);
    const one = write("1", bytes);
    assert.equal(sameContent(one, write("2", bytes)), true);
    assert.equal(sameContent(one, one), true);
    assert.equal(sameContent(one, write("3", bytes.with(199_999, 0))), false);
    assert.equal(sameContent(one, write("4", bytes.subarray(1))), false);
    assert.equal(sameContent(one, folder), false);
    Deno.symlinkSync("/nowhere", join(folder, "link"));
    assert.equal(sameContent(one, join(folder, "link")), false);
    assert.equal(realDisk.isThere(join(folder, "link")), true);
    assert.equal(realDisk.isThere(join(folder, "5")), false);
  }));

Deno.test({
  name: `on a full disk nothing is left of a copy that has no room${needs(MOUNTS)}`,
  ignore: !CAN_MOUNT,
  fn: () =>
    withTemporaryFolder(async (folder) => {
      await using disk = await SmallDisk.open(4);
      const source = join(folder, "1.jpg");
      Deno.writeFileSync(source, new Uint8Array(1_000_000).fill(7));
      const to = join(disk.path, "cat");
      assert.equal(copyFile(planned(source, to, "a.jpg")), true);
      disk.fill(500_000);
      assert.throws(() => copyFile(planned(source, to, "b.jpg")), (error) => diskProblem(error) === "full");
      assert.deepEqual(namesIn(to), ["a.jpg"]);
    }),
});
