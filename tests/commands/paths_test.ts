import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import {
  cacheRoot,
  callerDirectory,
  commandName,
  homeFolder,
  ignoredFolders,
  PROJECT_ROOT,
  spellCommands,
} from "../../src/paths.ts";
import { socketFolders } from "../../src/run/control/socket_path.ts";
import { headlight, headlightArgs } from "../process.ts";
import { withTemporaryFolder } from "../support.ts";

for (
  const [what, cwd, initial, expected] of [
    ["deno task from elsewhere", PROJECT_ROOT, "/home/me", "/home/me"],
    ["deno task from the project's folder", PROJECT_ROOT, PROJECT_ROOT, PROJECT_ROOT],
    ["not started by deno task", "/home/me", undefined, "/home/me"],
    ["a variable left over from another task", "/home/me", "/elsewhere", "/home/me"],
    ["an empty variable", PROJECT_ROOT, "", PROJECT_ROOT],
  ] as const
) {
  Deno.test(`the person's working directory is known: ${what}`, () => {
    assert.equal(callerDirectory(cwd, (name) => (name === "INIT_CWD" ? initial : undefined)), expected);
  });
}

Deno.test("deno task resolves paths against the person's working directory, not the project's folder", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    // The tests may run in a task themselves, whose INIT_CWD a nested task would keep.
    const { INIT_CWD: _, ...env } = Deno.env.toObject();
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "--config", join(PROJECT_ROOT, "deno.json"), "watch", "--runs", "file"],
      cwd: folder,
      clearEnv: true,
      env: { ...env, NO_COLOR: "1" },
    }).output();
    assert.equal(code, 2);
    const line = new TextDecoder().decode(stderr);
    assert.ok(line.includes(`--runs ${join(Deno.realPathSync(folder), "file")} is not a folder.`), line);
  });
});

Deno.test("commands are named as the person starts them", () => {
  const none = () => undefined;
  assert.equal(commandName(PROJECT_ROOT, none), "deno task");
  assert.equal(commandName("/home/me", (name) => (name === "INIT_CWD" ? "/home/me" : undefined)), "deno task");
  const path = (name: string) => (name === "PATH" ? "/usr/bin:/home/me/.deno/bin" : undefined);
  assert.equal(commandName("/home/me", path, (file) => file === "/home/me/.deno/bin/headlight"), "headlight");
  assert.equal(
    commandName("/home/me", path, () => false),
    `deno run -A ${PROJECT_ROOT}/main.ts`,
    "where it is not installed",
  );
});

Deno.test("commands in texts are spelled as they work for the person, and other words are unchanged", () => {
  const text =
    "no run yet: start one with deno task train, or see deno task runs --help; deno task test is not one of ours";
  assert.equal(spellCommands(text, "deno task"), text);
  assert.equal(
    spellCommands(text, "headlight"),
    "no run yet: start one with headlight train, or see headlight runs --help; deno task test is not one of ours",
  );
  assert.equal(spellCommands("deno task stop $1", "'/a$&b/x'"), "'/a$&b/x' stop $1");
});

const env = (variables: Record<string, string>) => (name: string) => variables[name];

Deno.test("the cache is in XDG_CACHE_HOME or else in the home folder, and relative paths in either are ignored", () => {
  const from = (variables: Record<string, string>) =>
    cacheRoot(env(variables), homeFolder(env(variables), () => "/db"));
  assert.equal(from({ XDG_CACHE_HOME: "/cache", HOME: "/me" }), "/cache/headlight");
  assert.equal(from({ XDG_CACHE_HOME: "cache", HOME: "/me" }), "/me/.cache/headlight");
  assert.equal(from({ HOME: "me" }), "/db/.cache/headlight");
  assert.equal(from({}), "/db/.cache/headlight");
  assert.throws(() => cacheRoot(env({}), null), /name no folder for the cache\. Set one of them/);
  assert.equal(cacheRoot(env({ XDG_CACHE_HOME: "/cache" }), null), "/cache/headlight");
  const sockets = (path: string) => socketFolders(env({ XDG_RUNTIME_DIR: path }), 7).length;
  assert.deepEqual([sockets("/run/me"), sockets("run/me")], [2, 1]);
});

Deno.test("an ignored variable is reported, and an empty one counts as unset", () => {
  const relative = { HOME: "me", XDG_CACHE_HOME: "./c", XDG_RUNTIME_DIR: "r", TMPDIR: "t" };
  assert.deepEqual(ignoredFolders(env(relative)), [
    "HOME=me is ignored. Set it to an absolute path.",
    "XDG_CACHE_HOME=./c is ignored. Set it to an absolute path (XDG Base Directory specification).",
    "XDG_RUNTIME_DIR=r is ignored. Set it to an absolute path (XDG Base Directory specification).",
    "TMPDIR=t is ignored. Set it to an absolute path.",
  ]);
  assert.deepEqual(ignoredFolders(env({ HOME: "", XDG_CACHE_HOME: "/c" })), []);
});

Deno.test("a command reports on standard error that it ignores a relative XDG_CACHE_HOME, and does not create that folder", async () => {
  await withTemporaryFolder(async (folder) => {
    const { status, stdout, stderr } = await headlight(["cache"], {
      cwd: folder,
      env: {
        // Deno itself uses a relative path for its own cache.
        DENO_DIR: denoFolder(),
        XDG_CACHE_HOME: "here",
      },
    });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /^headlight: XDG_CACHE_HOME=here is ignored\. Set it to an absolute path [^\n]*\n$/);
    assert.ok(stdout.split("\n").some((line) => line.endsWith(` in ${cacheRoot(env({}), homeFolder())}`)), stdout);
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  });
});

Deno.test("without HOME or with a relative one the cache is in the home folder of the user database", async () => {
  const home = homeFolder(() => undefined);
  assert.ok(home !== null);
  await withTemporaryFolder(async (folder) => {
    for (const HOME of [undefined, "", "here"]) {
      const { HOME: _, XDG_CACHE_HOME: __, ...rest } = Deno.env.toObject();
      const { code, stdout } = await new Deno.Command(Deno.execPath(), {
        args: headlightArgs(["cache"]),
        cwd: folder,
        clearEnv: true,
        env: { ...rest, DENO_DIR: denoFolder(), NO_COLOR: "1", ...(HOME === undefined ? {} : { HOME }) },
      }).output();
      assert.equal(code, 0);
      const text = new TextDecoder().decode(stdout);
      const place = join(home, ".cache", "headlight");
      assert.ok(text.split("\n").some((line) => line.endsWith(` in ${place}`)), text);
    }
  });
});

/** Deno's own cache folder. */
function denoFolder(): string {
  const { stdout } = new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).outputSync();
  return z.object({ denoDir: z.string() }).parse(JSON.parse(new TextDecoder().decode(stdout))).denoDir;
}
