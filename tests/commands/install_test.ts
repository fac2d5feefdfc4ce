/** What a fresh clone says before its first command, and that later commands do not wait for it. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { z } from "zod";
import { folderSize } from "../../src/files/folder_size.ts";
import { installPackages, PACKAGES_MB } from "../../src/install.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";
import { withTemporaryFolder } from "../support.ts";

const FIRST = `Installing Headlight's packages into node_modules: ${PACKAGES_MB} MB, once.`;
const LATER = "Updating Headlight's packages in node_modules.";
const FAILED = "Headlight's packages could not be installed. See the error above, and run the same command again.";

/** A made-up project whose installation only makes the folders that Deno's would. */
class Project {
  readonly said: string[] = [];
  installed = 0;

  constructor(readonly folder: string) {
    this.lock("one");
  }

  lock(text: string): void {
    Deno.writeTextFileSync(join(this.folder, "deno.lock"), text);
  }

  /** Starts a task; its installation ends with this exit status. Returns the task's. */
  start(status = 0): number {
    const install = (): number => {
      Deno.mkdirSync(join(this.folder, "node_modules", ".deno"), { recursive: true });
      this.installed++;
      return status;
    };
    return installPackages({ root: `${this.folder}/`, install, say: (line) => this.said.push(line) });
  }
}

Deno.test("a fresh clone says once that packages are installed and how large they are; later starts install nothing", async () => {
  await withTemporaryFolder((folder) => {
    const project = new Project(folder);
    assert.deepEqual([project.start(), project.start(), project.start()], [0, 0, 0]);
    assert.deepEqual([project.said, project.installed], [[FIRST], 1]);
  });
});

Deno.test("packages are installed again once deno.lock is another", async () => {
  await withTemporaryFolder((folder) => {
    const project = new Project(folder);
    project.start();
    project.lock("two");
    assert.deepEqual([project.start(), project.start()], [0, 0]);
    assert.deepEqual([project.said, project.installed], [[FIRST, LATER], 2]);
  });
});

Deno.test("packages are installed again once node_modules is removed", async () => {
  await withTemporaryFolder((folder) => {
    const project = new Project(folder);
    project.start();
    Deno.removeSync(join(folder, "node_modules"), { recursive: true });
    project.start();
    assert.deepEqual([project.said, project.installed], [[FIRST, FIRST], 2]);
  });
});

Deno.test("an installation that failed fails the task, and the next start tries again", async () => {
  await withTemporaryFolder((folder) => {
    const project = new Project(folder);
    assert.deepEqual([project.start(3), project.start(0), project.start(0)], [3, 0, 0]);
    assert.deepEqual([project.said, project.installed], [[FIRST, FAILED, LATER], 2]);
  });
});

Deno.test("the installer needs no package: where there is none yet, it has Deno install them and says so on standard error", async () => {
  await withTemporaryFolder(async (folder) => {
    // In place of a package from the network: a file that makes node_modules when it is imported.
    const files = {
      "deno.json": '{ "nodeModulesDir": "manual", "imports": { "zod": "./package.ts" } }',
      "deno.lock": '{ "version": "5" }',
      "package.ts": 'Deno.mkdirSync("node_modules/.deno", { recursive: true }); console.log("noise");',
      "src/install.ts": Deno.readTextFileSync(join(PROJECT_ROOT, "src", "install.ts")),
    };
    Deno.mkdirSync(join(folder, "src"));
    for (const [name, text] of Object.entries(files)) Deno.writeTextFileSync(join(folder, name), text);
    const start = async () => {
      const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--no-config", join(folder, "src", "install.ts")],
        env: { NO_COLOR: "1" },
      }).output();
      return [code, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)];
    };
    assert.deepEqual(await start(), [0, "", `${FIRST}\n`]);
    assert.deepEqual(await start(), [0, "", ""]);
  });
});

Deno.test("node_modules is as large as the installer says", () => {
  const megabytes = folderSize(join(PROJECT_ROOT, "node_modules")) / 1e6;
  assert.ok(Math.abs(megabytes - PACKAGES_MB) < 0.1 * PACKAGES_MB, `${megabytes} MB`);
});

Deno.test("every task has the packages installed first, and Deno leaves that to the installer", () => {
  const task = z.object({ command: z.string(), dependencies: z.array(z.string()).optional() });
  const { nodeModulesDir, tasks } = z.object({ nodeModulesDir: z.string(), tasks: z.record(z.string(), task) }).parse(
    JSON.parse(Deno.readTextFileSync(join(PROJECT_ROOT, "deno.json"))),
  );
  assert.equal(nodeModulesDir, "manual");
  const without = Object.entries(tasks).filter(([, { dependencies }]) => !dependencies?.includes("install"));
  assert.deepEqual(without.map(([name]) => name), ["install"]);
});
