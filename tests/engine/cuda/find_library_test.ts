import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isInstalled, libraryPaths, wheelFolders } from "../../../src/engine/cuda/find_library.ts";
import { placeOf } from "../../../src/engine/cuda/place.ts";
import { LIBC } from "../../../src/libc.ts";
import { needs, withTemporaryFolder } from "../../support.ts";

const NAME = "libheadlight-nowhere.so.1";

Deno.test("a library is installed if LD_LIBRARY_PATH or the loader's cache has it", () =>
  withTemporaryFolder((folder) => {
    const cache = join(folder, "ld.so.cache");
    assert.equal(isInstalled(NAME, "", cache), false, "there is no cache");
    writeFileSync(cache, `glibc-ld.so.cache1.1\0${NAME}.old\0/opt/${NAME}.old\0`);
    assert.equal(isInstalled(NAME, `/nowhere:${folder}`, cache), false);
    writeFileSync(cache, `glibc-ld.so.cache1.1\0${NAME}\0/opt/${NAME}\0`);
    assert.equal(isInstalled(NAME, "", cache), true);
    writeFileSync(cache, "");
    writeFileSync(join(folder, NAME), "");
    assert.equal(isInstalled(NAME, `/nowhere:${folder}`, cache), true);
    assert.deepEqual(["", "/nowhere/"].map((path) => isInstalled(path + NAME, "", cache)), [false, false]);
    assert.equal(isInstalled(join(folder, NAME), "", cache), true, "a path");
  }));

Deno.test({
  name: `the C library counts as installed${needs("Linux")}`,
  ignore: Deno.build.os !== "linux",
  fn: () => assert.equal(isInstalled(LIBC, ""), true),
});

Deno.test("libraries are taken from NVIDIA's wheels beside TensorFlow, and otherwise left to the loader", () =>
  withTemporaryFolder((site) => {
    for (const name of ["cublas", "cudnn"]) mkdirSync(join(site, "nvidia", name, "lib"), { recursive: true });
    mkdirSync(join(site, "nvidia", "without_libraries"));
    const cublas = join(site, "nvidia", "cublas", "lib", "libcublas.so.12");
    writeFileSync(cublas, "");
    const folders = wheelFolders(join(site, "tensorflow"));
    assert.deepEqual(folders.toSorted(), ["cublas", "cudnn"].map((name) => join(site, "nvidia", name, "lib")));
    assert.deepEqual(libraryPaths(["libcublas.so.12", "libcudnn.so.9"], folders), [cublas, "libcudnn.so.9"]);
    assert.deepEqual(wheelFolders("/nowhere/tensorflow"), []);
  }));

Deno.test("containers are told from WSL2, and both from other Linux", () => {
  const wsl = "5.15.167.4-microsoft-standard-WSL2";
  const none = () => undefined;
  assert.equal(placeOf("6.1.0-28-amd64", false, none), "linux");
  assert.equal(placeOf(wsl, false, none), "wsl2");
  assert.equal(placeOf(wsl, true, none), "container");
  assert.equal(placeOf("6.1.0-28-amd64", true, none), "container");
  for (const name of ["container", "APPTAINER_CONTAINER", "SINGULARITY_CONTAINER", "KUBERNETES_SERVICE_HOST"]) {
    assert.equal(placeOf("6.1.0", false, (asked) => asked === name ? "x" : undefined), "container", name);
  }
});
