/**
 * A real file system of a few megabytes, which a test fills and frees. It is mounted in a mount namespace of a process
 * of its own and reached through /proc, so that nothing stays mounted after the test.
 */
import { join } from "node:path";
import { diskProblem } from "../src/files/room.ts";

const unshare = ["-rm", "/bin/sh", "-c"];

/** Whether this machine lets a test mount a file system that only the test can see. */
export const CAN_MOUNT = (await new Deno.Command("unshare", {
  args: [...unshare, "mount -t tmpfs none /mnt"],
  stdout: "null",
  stderr: "null",
}).output().catch(() => null))?.success === true;

/** What a test needs that is skipped without it. */
export const MOUNTS = "mounts of its own";

export class SmallDisk implements AsyncDisposable {
  private constructor(private readonly holder: Deno.ChildProcess, readonly path: string) {}

  /** @param files how many files it can have, the mounted folder included */
  static async open(megabytes: number, files = 10_000): Promise<SmallDisk> {
    const holder = new Deno.Command("unshare", {
      args: [
        ...unshare,
        `mount -t tmpfs -o size=${megabytes}m,nr_inodes=${files} none /mnt && echo mounted && exec cat`,
      ],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const reader = holder.stdout.getReader();
    await reader.read();
    reader.releaseLock();
    return new SmallDisk(holder, `/proc/${holder.pid}/root/mnt`);
  }

  /** Fills the disk to its last byte while others write to it, then frees `left` bytes. */
  fill(left = 0): void {
    using filler = Deno.openSync(join(this.path, "filler"), { write: true, create: true });
    const block = new Uint8Array(4096);
    try {
      for (;;) filler.writeSync(block);
    } catch (error) {
      if (diskProblem(error) !== "full") throw error;
    }
    filler.truncateSync(Math.max(0, filler.statSync().size - left));
  }

  /** Lets the disk have room for no other file, although its files may grow. `freeFiles` ends this. */
  fillFiles(): void {
    Deno.mkdirSync(join(this.path, "fillers"));
    try {
      for (let index = 0;; index++) Deno.writeTextFileSync(join(this.path, "fillers", String(index)), "");
    } catch (error) {
      if (diskProblem(error) !== "full") throw error;
    }
  }

  /** Frees what `fillFiles` took. */
  freeFiles(): void {
    Deno.removeSync(join(this.path, "fillers"), { recursive: true });
  }

  /** Frees what `fill` took. */
  free(): void {
    Deno.removeSync(join(this.path, "filler"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.holder.kill("SIGKILL");
    await this.holder.stdout.cancel();
    await this.holder.stdin.close().catch(() => {});
    await this.holder.status;
  }
}
