/** What a fresh clone sees first. */
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { folderSize } from "../../src/files/folder_size.ts";
import { PACKAGES_MB } from "../../src/install.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";

Deno.test("a fresh clone says, once, that packages are installed, and how large they are", async () => {
  await withTemporaryFolder(async (folder) => {
    mkdirSync(join(folder, "src"));
    for (const file of ["deno.json", "deno.lock", "src/install.ts"]) {
      copyFileSync(join(PROJECT_ROOT, file), join(folder, file));
    }
    const install = async () => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-config", join(folder, "src", "install.ts")],
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).output();
      const said = new TextDecoder().decode(stderr);
      assert.equal(code, 0, said);
      return new TextDecoder().decode(stdout) + said;
    };
    const first = await install();
    assert.match(first, new RegExp(`^headlight: installing its packages \\(${PACKAGES_MB} MB on disk\\), once`));
    const megabytes = folderSize(join(folder, "node_modules")) / 1e6;
    assert.ok(Math.abs(megabytes - PACKAGES_MB) < 0.15 * PACKAGES_MB, `${megabytes} MB`);
    assert.equal(await install(), "");
  });
});
