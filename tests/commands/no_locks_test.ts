/** File systems without locks. flock is made to fail, as on NFS without a lock daemon and in some containers. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { storedRows, withSmallCluster } from "../cluster/small_cluster.ts";
import { emptyFeatureCache, headlight } from "../process.ts";
import { SMALL_RUN } from "../run/small_run.ts";
import { needs, withTemporaryFolder } from "../support.ts";

/**
 * A flock that for files below FLOCK_BELOW does what FLOCK_DOES says: fails with the error of this number, succeeds
 * whoever holds the lock ("ignore"), or never returns ("hang").
 */
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
  const char *below = getenv("FLOCK_BELOW"), *does = getenv("FLOCK_DOES");
  if (length > 0 && strncmp(path, below, strlen(below)) == 0) {
    if (strcmp(does, "ignore") == 0) return 0;
    if (strcmp(does, "hang") == 0) for (;;) pause();
    errno = atoi(does);
    return -1;
  }
  return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(fd, operation);
}
`;

const hasCompiler = Deno.build.os === "linux" &&
  (await new Deno.Command("cc", { args: ["--version"], stdout: "null" }).output().catch(() => null))?.success === true;

/** Returns the environment in which flock does this for files in a folder. */
async function withFlock(folder: string, does: string): Promise<Record<string, string>> {
  const shim = join(dirname(folder), "flock.so");
  Deno.writeTextFileSync(join(dirname(folder), "flock.c"), SHIM);
  const args = ["-shared", "-fPIC", "-o", shim, join(dirname(folder), "flock.c"), "-ldl"];
  assert.ok((await new Deno.Command("cc", { args }).output()).success);
  return { LD_PRELOAD: shim, FLOCK_DOES: does, FLOCK_BELOW: folder };
}

function shimTest(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: name + needs("a C compiler"), ignore: !hasCompiler, fn });
}

/** What flock may do, what FLOCK_DOES says then, and what a person is told. */
const LACKS = [
  { how: "fails with ENOLCK", does: String(constants.errno.ENOLCK), reason: "No locks available" },
  { how: "fails with ENOSYS", does: String(constants.errno.ENOSYS), reason: "Function not implemented" },
  { how: "is ignored", does: "ignore", reason: "the file system ignores them" },
  { how: "never returns", does: "hang", reason: "the file system does not answer" },
];

for (const { how, does, reason } of LACKS) {
  shimTest(
    `a folder of runs in which flock ${how} is refused in one line with the remedy, exit status 2, no run`,
    () =>
      withTemporaryFolder(async (parent) => {
        const folder = Deno.realPathSync(parent);
        const runs = join(folder, "runs");
        Deno.mkdirSync(runs);
        const { status, stdout, stderr } = await headlight(["train", ...SMALL_RUN, "--plain", "--runs", runs], {
          env: { ...await withFlock(runs, does), XDG_CACHE_HOME: join(folder, "cache") },
        });
        assert.deepEqual([status, stdout], [2, ""], stderr);
        assert.match(
          stderr,
          new RegExp(
            `^headlight: Files in the folder of runs .*runs cannot be locked \\(${reason}\\)\\. Name with --runs a folder on a`,
          ),
        );
        assert.match(stderr, /^[^\n]+\n$/, "one line");
        assert.deepEqual([...Deno.readDirSync(runs)], []);
        assert.equal(existsSync(join(folder, "cache", "headlight")), false);
      }),
  );
}

const IMAGES = 80;

for (const { how, does } of LACKS) {
  shimTest(
    `two processes on a cache where flock ${how} compute the right features and wait for nothing`,
    () =>
      withSmallCluster(IMAGES, async ({ words, env, root }) => {
        const calm = emptyFeatureCache(join(root, "calm"));
        assert.equal((await headlight(["extract", ...words], { env: calm })).status, 0);
        const cache = env["XDG_CACHE_HOME"] ?? "";
        const shimmed = { ...env, ...await withFlock(Deno.realPathSync(cache), does) };
        const sinceMs = performance.now();
        const done = await Promise.all([1, 2].map(() => headlight(["extract", ...words], { env: shimmed })));
        const seconds = (performance.now() - sinceMs) / 1000;
        for (const { status, stderr } of done) {
          assert.equal(status, 0, stderr);
          assert.match(stderr, /^headlight: Files in the cache .* cannot be locked\. Processes that need the same/m);
        }
        const [expected, found] = [storedRows(calm), storedRows(env)];
        assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort());
        for (const [digest, rows] of found) {
          for (const bits of rows) assert.equal(bits, expected.get(digest)?.[0], `the row of ${digest}`);
        }
        // Waiting for a lock or for another process's claim would take a minute.
        assert.ok(seconds < 45, `${seconds} s`);
        const cleared = await headlight(["cache", "clear", "--all", "--yes"], { env: shimmed });
        assert.equal(cleared.status, 2);
        assert.match(cleared.stderr, /^headlight: Files in the cache .* cannot be locked \(.+\), so it is not known/);
        assert.equal(storedRows(env).size, IMAGES);
      }),
  );
}
