import assert from "node:assert/strict";
import { join } from "node:path";
import { callerDirectory, commandName, PROJECT_ROOT } from "../../src/paths.ts";
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
  Deno.test(`where the person stands: ${what}`, () => {
    assert.equal(callerDirectory(cwd, (name) => (name === "INIT_CWD" ? initial : undefined)), expected);
  });
}

Deno.test("deno task takes paths from where the person stands, not from the project's folder", async () => {
  await withTemporaryFolder(async (folder) => {
    Deno.writeTextFileSync(join(folder, "file"), "");
    // The tests may run in a task of their own, whose INIT_CWD a task within would keep.
    const { INIT_CWD: _, ...env } = Deno.env.toObject();
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["task", "--quiet", "--config", join(PROJECT_ROOT, "deno.json"), "watch", "--runs", "file"],
      cwd: folder,
      clearEnv: true,
      env: { ...env, NO_COLOR: "1" },
    }).output();
    assert.equal(code, 2);
    const line = new TextDecoder().decode(stderr);
    assert.ok(line.includes(`the runs in ${join(Deno.realPathSync(folder), "file")} cannot be read`), line);
  });
});

Deno.test("commands are named as the person starts them", () => {
  const none = () => undefined;
  assert.equal(commandName(PROJECT_ROOT, none), "deno task");
  assert.equal(commandName("/home/me", (name) => (name === "INIT_CWD" ? "/home/me" : undefined)), "deno task");
  assert.equal(commandName("/home/me", none), "headlight");
});
