import assert from "node:assert/strict";
import { join } from "node:path";
import { isSealed, sealFile } from "../../../src/files/sealed_file.ts";
import { weightsHash } from "../../../src/features/base/weights_hash.ts";
import { cuts, everyBitFlipped } from "../../damage.ts";
import { withTemporaryFolder } from "../../support.ts";

Deno.test("a weights file is identified by its SHA-256", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "weights.h5");
    await Deno.writeTextFile(path, "abc");
    // The example in FIPS 180-4.
    assert.equal(await weightsHash(path), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  });
});

Deno.test("a missing weights file is named", async () => {
  await assert.rejects(weightsHash("/nowhere/weights.h5"), {
    name: "HeadlightError",
    message: "/nowhere/weights.h5: no such file, and the base's weights are in it. Put the file back in its place.",
  });
});

Deno.test("a weights file that cannot be read is named", async () => {
  await withTemporaryFolder(async (folder) => {
    await assert.rejects(weightsHash(folder), {
      name: "HeadlightError",
      message: /^reading the weights file \/.*: Is a/,
    });
  });
});

Deno.test("a sealed file is intact until a byte of it changes or it is removed; one without a seal never is", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "weights.h5");
    assert.equal(await isSealed(path), false);
    await Deno.writeTextFile(path, "abc");
    assert.equal(await isSealed(path), false);
    await sealFile(path);
    assert.equal(await isSealed(path), true);
    await Deno.writeTextFile(path, "abd");
    assert.equal(await isSealed(path), false);
    await Deno.remove(path);
    assert.equal(await isSealed(path), false);
  });
});

Deno.test("a file is not intact if its content or its seal has a flipped bit or a missing end", async () => {
  await withTemporaryFolder(async (folder) => {
    const path = join(folder, "weights.h5");
    await Deno.writeTextFile(path, "some weights");
    await sealFile(path);
    for (const file of [path, `${path}.sha256`]) {
      const sound = Deno.readFileSync(file);
      for (const { what, bytes } of [...everyBitFlipped(sound), ...cuts(sound)]) {
        Deno.writeFileSync(file, bytes);
        assert.equal(await isSealed(path), false, `${file}: ${what}`);
      }
      Deno.writeFileSync(file, sound);
      assert.equal(await isSealed(path), true);
    }
  });
});

Deno.test("two sealed files that were exchanged are not intact, with or without their seals", async () => {
  await withTemporaryFolder(async (folder) => {
    const [one, other] = [join(folder, "one.h5"), join(folder, "other.h5")];
    for (const path of [one, other]) {
      await Deno.writeTextFile(path, `content of ${path}`);
      await sealFile(path);
    }
    const exchange = (suffix: string) => {
      Deno.renameSync(one + suffix, join(folder, "aside"));
      Deno.renameSync(other + suffix, one + suffix);
      Deno.renameSync(join(folder, "aside"), other + suffix);
    };
    exchange("");
    assert.deepEqual([await isSealed(one), await isSealed(other)], [false, false]);
    exchange(".sha256");
    assert.deepEqual([await isSealed(one), await isSealed(other)], [false, false]);
    exchange("");
    exchange(".sha256");
    assert.deepEqual([await isSealed(one), await isSealed(other)], [true, true]);
  });
});
