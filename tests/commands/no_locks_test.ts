/** File systems without locks. flock is made to fail, as on NFS without a lock daemon and in some containers. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { headlight } from "../process.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { needs, withTemporaryFolder } from "../support.ts";

/** A flock that fails with the number in FLOCK_ERRNO for files below FLOCK_BELOW. */
const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
int flock(int fd, int operation) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  const char *below = getenv("FLOCK_BELOW");
  if (length > 0 && strncmp(path, below, strlen(below)) == 0) {
    errno = atoi(getenv("FLOCK_ERRNO"));
    return -1;
  }
  return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(fd, operation);
}
`;

const hasCompiler = Deno.build.os === "linux" &&
  (await new Deno.Command("cc", { args: ["--version"], stdout: "null" }).output().catch(() => null))?.success === true;

for (
  const [what, part, says] of [
    [
      "runs",
      "runs",
      /^headlight: The folder of runs .*runs is on a .* \(REASON\)\. Name with --runs a folder on a local/,
    ],
    [
      "the cache",
      "cache",
      /^headlight: The cache folder .*cache\/headlight is on a .* \(REASON\)\. Set XDG_CACHE_HOME to a/,
    ],
  ] as const
) {
  for (const [code, reason] of [["ENOLCK", "No locks available"], ["ENOSYS", "Function not implemented"]] as const) {
    Deno.test({
      name: `flock failing with ${code} in the folder of ${what} gives one line with the remedy, exit status 2, no run${
        needs("a C compiler")
      }`,
      ignore: !hasCompiler,
      fn: async () => {
        await withTemporaryFolder(async (parent) => {
          const folder = Deno.realPathSync(parent);
          const shim = join(folder, "flock.so");
          Deno.writeTextFileSync(join(folder, "flock.c"), SHIM);
          const args = ["-shared", "-fPIC", "-o", shim, join(folder, "flock.c"), "-ldl"];
          assert.ok((await new Deno.Command("cc", { args }).output()).success);
          const runs = join(folder, "runs");
          for (const name of ["runs", "cache"]) Deno.mkdirSync(join(folder, name));
          const { status, stdout, stderr } = await headlight(["train", ...SMALL_RUN, "--plain", "--runs", runs], {
            env: {
              LD_PRELOAD: shim,
              FLOCK_ERRNO: String(constants.errno[code]),
              FLOCK_BELOW: join(folder, part),
              XDG_CACHE_HOME: join(folder, "cache"),
            },
          });
          assert.equal(status, 2, stderr);
          assert.equal(stdout, "");
          assert.match(stderr, new RegExp(says.source.replace("REASON", reason)));
          assert.match(stderr, /^[^\n]+\n$/, "one line");
          assert.deepEqual([...Deno.readDirSync(runs)], []);
          assert.equal(existsSync(join(folder, "cache", "headlight")), false);
        });
      },
    });
  }
}
