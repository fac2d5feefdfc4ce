/** Tests which files of a watched folder are complete. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { HeadlightError } from "../../src/errors.ts";
import { ArrivingFiles, type FileState, WatchedFolder } from "../../src/results/watched_folder.ts";
import { withTemporaryFolder } from "../support.ts";

const state = (size: number, ino = 1): FileState => ({ size, mtimeMs: 5, ino });
const seen = (files: Readonly<Record<string, FileState>>) => new Map(Object.entries(files));

Deno.test("a file is taken once, when it has not changed for a second, and again when it has changed", () => {
  const files = new ArrivingFiles();
  const steps: readonly (readonly [number, Readonly<Record<string, FileState>>, readonly string[]])[] = [
    [0, { a: state(1), b: state(1) }, []],
    [500, { a: state(1), b: state(2) }, []],
    [1000, { a: state(1), b: state(2) }, ["a"]],
    [1500, { a: state(1), b: state(2) }, ["b"]],
    [9000, { a: state(1), b: state(2) }, []],
    // Another file was renamed to its name.
    [9500, { a: state(1, 2), b: state(2) }, []],
    [10_500, { a: state(1, 2), b: state(2) }, ["a"]],
    [11_000, { b: state(2) }, []],
    [11_500, { a: state(1, 2), b: state(2) }, []],
    [12_500, { a: state(1, 2), b: state(2) }, ["a"]],
  ];
  for (const [nowMs, there, taken] of steps) assert.deepEqual(files.take(seen(there), nowMs), taken, String(nowMs));
});

Deno.test("a file that cannot be decoded is tried again when it changes, and is broken after ten unchanged seconds", () => {
  const files = new ArrivingFiles();
  files.take(seen({ a: state(1) }), 0);
  assert.deepEqual(files.take(seen({ a: state(1) }), 1000), ["a"]);
  assert.equal(files.isBroken("a", 1100), false);
  assert.deepEqual(files.take(seen({ a: state(1) }), 5000), []);
  files.take(seen({ a: state(2) }), 6000);
  assert.deepEqual(files.take(seen({ a: state(2) }), 7000), ["a"]);
  assert.equal(files.isBroken("a", 7100), false);
  assert.deepEqual(files.take(seen({ a: state(2) }), 15_900), []);
  assert.deepEqual(files.take(seen({ a: state(2) }), 16_000), ["a"]);
  assert.equal(files.isBroken("a", 16_100), true);
  assert.deepEqual(files.take(seen({ a: state(2) }), 90_000), []);
  assert.equal(files.isBroken("gone", 90_000), false);
});

Deno.test("a watched folder yields the images in it and its subfolders, waits for more, and ends with the signal", () =>
  withTemporaryFolder(async (folder) => {
    Deno.mkdirSync(join(folder, "deep"));
    for (const name of ["2.jpg", "deep/1.png", ".hidden.jpg", "notes.txt"]) {
      Deno.writeTextFileSync(join(folder, name), "");
    }
    const control = new AbortController();
    const arrivals = new WatchedFolder(folder, "photos").arrivals(control.signal);
    assert.deepEqual((await arrivals.next()).value, [join(folder, "2.jpg"), join(folder, "deep", "1.png")]);
    const next = arrivals.next();
    Deno.renameSync(join(folder, ".hidden.jpg"), join(folder, "3.jpg"));
    assert.deepEqual((await next).value, [join(folder, "3.jpg")]);
    const last = arrivals.next();
    control.abort();
    assert.equal((await last).done, true);
  }));

Deno.test("bad input: a watched folder that is removed is an error that names it, exit status 1", () =>
  withTemporaryFolder(async (folder) => {
    const inner = join(folder, "inner");
    Deno.mkdirSync(inner);
    const next = new WatchedFolder(inner, "inner").arrivals(new AbortController().signal).next();
    Deno.removeSync(inner);
    await assert.rejects(next, (error) => {
      assert.ok(error instanceof HeadlightError && error.exitStatus === 1);
      assert.match(error.message, /^--watch inner: the folder was removed\. Restore it and run the command again\.$/);
      return true;
    });
  }));
