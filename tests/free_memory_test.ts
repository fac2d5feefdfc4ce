import assert from "node:assert/strict";
import { freeInCgroups, freeMemory } from "../src/free_memory.ts";

/** Returns a reader of made-up files. */
const files = (contents: Readonly<Record<string, string>>) => (path: string) => contents[path] ?? null;

Deno.test("the free memory is positive and at most the machine's", () => {
  const free = freeMemory();
  assert.ok(free > 0 && free <= Deno.systemMemoryInfo().total, `${free}`);
});

Deno.test("the limit of a container's cgroup counts, less what it uses, except for cached files", () => {
  const read = files({
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": "2000000000\n",
    "/sys/fs/cgroup/memory.current": "1500000000\n",
    "/sys/fs/cgroup/memory.stat": "anon 400000000\nfile 1100000000\ninactive_file 900000000\nactive_file 100000000\n",
  });
  assert.equal(freeInCgroups(read), 1_500_000_000);
});

Deno.test("the lowest limit of all levels counts, such as that of a job's step in Slurm", () => {
  const read = files({
    "/proc/self/cgroup": "0::/system.slice/slurmd/job_7/step_0\n",
    "/sys/fs/cgroup/system.slice/slurmd/job_7/step_0/memory.max": "max\n",
    "/sys/fs/cgroup/system.slice/slurmd/job_7/step_0/memory.current": "100\n",
    "/sys/fs/cgroup/system.slice/slurmd/job_7/memory.max": "4000000000\n",
    "/sys/fs/cgroup/system.slice/slurmd/job_7/memory.current": "1000000000\n",
    "/sys/fs/cgroup/system.slice/memory.max": "9000000000\n",
    "/sys/fs/cgroup/system.slice/memory.current": "1000000000\n",
  });
  assert.equal(freeInCgroups(read), 3_000_000_000);
});

Deno.test("cgroups of version 1 count too, also in a container that does not see its own path", () => {
  const read = files({
    "/proc/self/cgroup": "12:cpu,cpuacct:/docker/3f\n5:memory:/docker/3f\n1:name=systemd:/docker/3f\n0::/docker/3f\n",
    "/sys/fs/cgroup/memory/memory.limit_in_bytes": "1000000000\n",
    "/sys/fs/cgroup/memory/memory.usage_in_bytes": "1200000000\n",
    "/sys/fs/cgroup/memory/memory.stat": "total_inactive_file 300000000\ntotal_active_file 200000000\n",
  });
  assert.equal(freeInCgroups(read), 300_000_000);
});

Deno.test("without a limit, or without cgroups, nothing bounds the memory", () => {
  assert.equal(freeInCgroups(files({})), Infinity);
  const unlimited = { "/sys/fs/cgroup/memory.max": "max\n", "/sys/fs/cgroup/memory.current": "5\n" };
  assert.equal(freeInCgroups(files({ "/proc/self/cgroup": "0::/\n", ...unlimited })), Infinity);
});

Deno.test("a cgroup that uses more than its limit has nothing free", () => {
  const read = files({
    "/proc/self/cgroup": "0::/\n",
    "/sys/fs/cgroup/memory.max": "100\n",
    "/sys/fs/cgroup/memory.current": "150\n",
  });
  assert.equal(freeInCgroups(read), 0);
});
