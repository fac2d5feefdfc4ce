import assert from "node:assert/strict";
import { join } from "node:path";
import { ShareLoader } from "../../../src/data/images/load.ts";
import { BrokenImageError } from "../../../src/data/images/decoders/image.ts";
import { readImageFile } from "../../../src/data/images/read_file.ts";
import { withTemporaryFolder } from "../../support.ts";
import { newTask } from "./load_tasks.ts";
import { bmp } from "./made_images.ts";

Deno.test("a file too long for any image is refused before it is read, and one of unknown size while it is read", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "long.png");
    await Deno.writeFile(path, new Uint8Array());
    // A sparse file takes no space on the disk.
    await Deno.truncate(path, 8e9);
    const before = Deno.memoryUsage().rss;
    const { files } = await new ShareLoader().loadShare(newTask({ paths: [path, path], size: 8, resize: "bilinear" }));
    const reason = "the file is longer than the limit of 1.07 GB";
    assert.deepEqual(files.map(({ index, broken }) => [index, broken]), [[0, reason], [1, reason]]);
    assert.ok(Deno.memoryUsage().rss - before < 50e6);
    await assert.rejects(
      readImageFile("/dev/zero", 1e6),
      (error) => error instanceof BrokenImageError && error.message === "the file is longer than the limit of 1 MB",
    );
  });
});

Deno.test("an image is read from a pipe that another program writes to", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "pipe");
    assert.equal((await new Deno.Command("mkfifo", { args: [path] }).output()).code, 0);
    const reading = readImageFile(path);
    await Deno.writeFile(path, bmp(200, 300));
    assert.deepEqual(await reading, bmp(200, 300));
  });
});
