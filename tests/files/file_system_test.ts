import assert from "node:assert/strict";
import { isLocalIn, networkFileSystem, networkTypeIn } from "../../src/files/file_system.ts";

const MOUNTS = [
  "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw",
  "23 22 0:5 / /proc rw - proc proc rw",
  "40 22 0:50 / /home rw,relatime shared:2 - nfs4 server:/export/home rw,vers=4.2",
  "41 40 8:2 / /home/me/local rw - xfs /dev/sdb1 rw",
  "42 22 0:51 / /big\\040data rw - lustre mds@tcp:/fs rw,localflock",
  "43 22 8:3 / /scratch rw - ext4 /dev/sdc1 rw",
  "44 22 0:52 / /scratch rw - fuse.sshfs me@there:/scratch rw",
].join("\n");

Deno.test("the network file system of a path is that of the mount above it that is nearest and newest", () => {
  const cases = {
    "/home/you/.cache": "nfs4",
    "/home": "nfs4",
    "/home/me/local/cache": null,
    "/homes/you": null,
    "/big data/images": "lustre",
    "/scratch/x": "fuse.sshfs",
    "/var/tmp": null,
    "/proc/1": null,
  };
  for (const [path, type] of Object.entries(cases)) assert.equal(networkTypeIn(MOUNTS, path), type, path);
  assert.equal(networkTypeIn("", "/home"), null);
});

Deno.test("only the file systems of disks and of memory are certainly this host's own", () => {
  const own = ["/var/tmp", "/home/me/local/cache"], others = ["/home", "/big data/images", "/scratch/x", "/proc/1"];
  for (const path of own) assert.ok(isLocalIn(MOUNTS, path), path);
  for (const path of others) assert.ok(!isLocalIn(MOUNTS, path), path);
  assert.ok(!isLocalIn("30 1 0:40 / / rw - virtiofs shared rw", "/home") && !isLocalIn("", "/home"));
});

Deno.test("a temporary folder of this machine is on no network file system, nor is one that does not exist yet", () => {
  assert.equal(networkFileSystem("/tmp"), null);
  assert.equal(networkFileSystem("/tmp/there/is/no/such/folder"), null);
});
