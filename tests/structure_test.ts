/** Checks the structure of the code: dependencies point one way, no file is unused, and no viewer waits for tfjs. */
import assert from "node:assert/strict";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { PROJECT_ROOT } from "../src/paths.ts";

const edgeSchema = z.object({ specifier: z.string().optional() }).optional();
const graphSchema = z.object({
  modules: z.array(z.object({
    specifier: z.string(),
    dependencies: z.array(z.object({ isDynamic: z.boolean().optional(), code: edgeSchema, type: edgeSchema }))
      .optional(),
  })),
});

interface Import {
  readonly from: string;
  readonly to: string;
  readonly dynamic: boolean;
  /** Returns whether the import is type-only, so that it loads nothing at run time. */
  readonly typeOnly: boolean;
}

/** Returns the imports of every file that `entry` reaches, as paths relative to the project's folder. */
async function importsOf(entry: string): Promise<Import[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--quiet", entry],
    cwd: PROJECT_ROOT,
    stdout: "piped",
  }).output();
  const { modules } = graphSchema.parse(JSON.parse(new TextDecoder().decode(stdout)));
  const name = (specifier: string): string =>
    specifier.startsWith("file:") ? relative(PROJECT_ROOT, fileURLToPath(specifier)) : specifier;
  return modules.flatMap(({ specifier, dependencies = [] }) =>
    dependencies.flatMap(({ code, type, isDynamic = false }) => {
      const target = code?.specifier ?? type?.specifier;
      const typeOnly = code?.specifier === undefined;
      return target === undefined ? [] : [{ from: name(specifier), to: name(target), dynamic: isDynamic, typeOnly }];
    })
  );
}

/** Returns all files that are loaded with `entry`, through static imports only. */
function loaded(entry: string, imports: readonly Import[]): Set<string> {
  const found = new Set([entry]);
  const pending = [entry];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    for (const edge of imports) {
      if (edge.from !== from || edge.dynamic || edge.typeOnly || found.has(edge.to)) continue;
      found.add(edge.to);
      pending.push(edge.to);
    }
  }
  return found;
}

/** What the list of engines may load of these: an engine's entry, the schema of its files, the shapes of its calls. */
const ENTRY_OF_ENGINE = /^src\/engine\/(?:tensorflow|openvino)\/(?:entry|files|call_shapes)\.ts$/;

for (
  const entry of [
    "src/commands/command_line.ts",
    "src/commands/train.ts",
    "src/commands/watch.ts",
    "src/commands/send.ts",
    "src/dashboard/plain/run_lines.ts",
    "components/render.tsx",
  ]
) {
  Deno.test(`${entry} never imports tfjs, so the first frame does not wait for it`, async () => {
    const modules = loaded(entry, await importsOf(entry));
    assert.ok(modules.size > 3);
    const slow = [...modules].filter((module) => /tensorflow|h5wasm/.test(module) && !ENTRY_OF_ENGINE.test(module));
    assert.deepEqual(slow, []);
  });
}

Deno.test("no command loads the plotting library or its renderer before it draws a file", async () => {
  for (const entry of ["command_line", "plot", "evaluate", "report"].map((name) => `src/commands/${name}.ts`)) {
    const imports = await importsOf(entry);
    assert.deepEqual([...loaded(entry, imports)].filter((module) => /echarts|resvg/.test(module)), [], entry);
  }
});

for (
  const entry of [
    "src/commands/command_line.ts",
    "src/run/trainer_main.ts",
    "src/features/extractor_main.ts",
    "src/engine/fetching/fetch_main.ts",
    "src/run/notify/notify_main.ts",
  ]
) {
  Deno.test(`${entry} sets zod up before it makes a schema, so that zod compiles none`, async () => {
    const imports = await importsOf(entry);
    const reachesZod = (file: string) => [...loaded(file, imports)].some((module) => /\bzod@/.test(module));
    // In the order in which they are written, which is the order in which they are evaluated.
    const own = imports.filter(({ from, dynamic, typeOnly }) => from === entry && !dynamic && !typeOnly);
    assert.equal(own.find(({ to }) => reachesZod(to))?.to, "src/interpreted_schemas.ts");
  });
}

Deno.test("main.ts loads the rest of the program only after it has read what SIGHUP does", async () => {
  const imports = await importsOf("main.ts");
  const files = [...loaded("main.ts", imports)].filter(isOwn);
  assert.deepEqual(files.toSorted(), [
    "main.ts",
    ...["dashboard/session/hang_up", "libc", "no_debugger"].map((name) => `src/${name}.ts`),
  ]);
  // Deno loads what a literal path names together with the file, even if it is imported dynamically.
  assert.deepEqual(imports.filter(({ from, dynamic }) => from === "main.ts" && dynamic), []);
});

/** Programs that are started by their path: separate processes and workers. */
const ENTRIES = [
  "main.ts",
  "src/commands/command_line.ts",
  "src/run/trainer_main.ts",
  "src/features/extractor_main.ts",
  "src/features/end_with_input.ts",
  "src/data/images/worker.ts",
  "src/model/check_worker.ts",
  "src/engine/tensorflow/try_addon.ts",
  "src/engine/openvino/try_libraries.ts",
  "src/engine/cuda/try_driver.ts",
  "src/engine/cuda/try_gpu.ts",
  "src/engine/webgpu/try_adapter.ts",
  "src/engine/fetching/fetch_main.ts",
  "src/run/system/report_gpus.ts",
  "src/run/notify/notify_main.ts",
  "src/install.ts",
];

/** The program's own imports, each once, including type imports. */
const imports: readonly Import[] = [
  ...new Map(
    (await Promise.all(ENTRIES.map(importsOf))).flat()
      .filter(({ from, to }) => isOwn(from) && isOwn(to))
      .map((edge) => [`${edge.from} ${edge.to}`, edge]),
  ).values(),
];

function isOwn(path: string): boolean {
  return path === "main.ts" || path.startsWith("src/") || path.startsWith("components/");
}

function sourceFiles(folder: string): string[] {
  return [...Deno.readDirSync(join(PROJECT_ROOT, folder))].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    if (isDirectory) return sourceFiles(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

Deno.test("every source file is reachable from the entry point of a program", () => {
  const reached = new Set([...ENTRIES, ...imports.map(({ to }) => to)]);
  const files = [...sourceFiles("src"), ...sourceFiles("components")];
  assert.ok(files.length > 200);
  assert.deepEqual(files.filter((file) => !reached.has(file)), []);
});

/** Returns the strongly connected components of a graph that have more than one node (Tarjan's algorithm). */
function circles(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const found: string[][] = [];
  const order = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const visit = (node: string): number => {
    const index = order.size;
    order.set(node, index);
    stack.push(node);
    let lowest = index;
    for (const next of edges.get(node) ?? []) {
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, order.get(next) ?? lowest);
    }
    low.set(node, lowest);
    if (lowest === index) {
      const circle = stack.splice(stack.indexOf(node));
      if (circle.length > 1) found.push(circle.sort());
    }
    return lowest;
  };
  for (const node of edges.keys()) if (!order.has(node)) visit(node);
  return found;
}

function graphOf(pairs: readonly (readonly [string, string])[]): Map<string, Set<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [from, to] of pairs) if (from !== to) graph.set(from, (graph.get(from) ?? new Set()).add(to));
  return graph;
}

Deno.test("the search for import cycles finds one in an example", () => {
  const graph = graphOf([["a", "b"], ["b", "c"], ["c", "b"], ["c", "d"]]);
  assert.deepEqual(circles(graph), [["b", "c"]]);
});

Deno.test("no files import each other in a cycle, counting type imports", () => {
  assert.deepEqual(circles(graphOf(imports.map(({ from, to }) => [from, to]))), []);
});

Deno.test("no folders import each other in a cycle, counting type imports", () => {
  const files = imports.filter(({ from, to }) => dirname(from) !== "src" && dirname(to) !== "src");
  assert.deepEqual(circles(graphOf(files.map(({ from, to }) => [dirname(from), dirname(to)]))), []);
});

/** The rooms in the order of CONTRIBUTING.md, lowest first. */
const LAYERS = layersOf(Deno.readTextFileSync(join(PROJECT_ROOT, "CONTRIBUTING.md")));

function layersOf(contributing: string): readonly string[] {
  const [, sentence = ""] = /Dependencies point one way: (.+?)\. /.exec(contributing.replaceAll(/\s+/g, " ")) ?? [];
  return sentence.split(" → ").map((room) => room.replaceAll("`", "").trim()).toReversed();
}

/**
 * Returns a file's room, e.g. `run` for src/run/trainer.ts, or null for files directly in src, which all rooms share.
 */
function roomOf(path: string): string | null {
  const [top = "", second = ""] = path.split("/");
  if (top === "src") return second.endsWith(".ts") ? null : second;
  return top;
}

Deno.test("CONTRIBUTING.md places every room in the order of dependencies", () => {
  const rooms = new Set(imports.flatMap(({ from, to }) => [roomOf(from), roomOf(to)]).filter((room) => room !== null));
  assert.deepEqual([...rooms].toSorted(), LAYERS.toSorted());
});

Deno.test("each room imports only rooms below it, counting type imports", () => {
  const wrong = imports.filter(({ from, to }) => {
    const [importer, imported] = [roomOf(from), roomOf(to)];
    if (imported === null) return importer === "bases";
    // The files shared by all rooms import only the facts about bases, which import nothing themselves.
    if (importer === null) return imported !== "bases";
    return LAYERS.indexOf(imported) > LAYERS.indexOf(importer);
  });
  assert.deepEqual(wrong.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("training imports only types from features, so it depends on no process and no cache", () => {
  const wrong = imports.filter((edge) =>
    roomOf(edge.from) === "training" && roomOf(edge.to) === "features" && !edge.typeOnly
  );
  assert.deepEqual(wrong.map(({ from, to }) => `${from} imports ${to}`), []);
});

Deno.test("every Deno child process uses node_modules as it is and never downloads packages during a run", () => {
  // The installer runs before all of them, and for this alone.
  const others = sourceFiles("src").filter((path) => path !== "src/install.ts");
  const without = others.filter((path) => {
    const text = Deno.readTextFileSync(join(PROJECT_ROOT, path));
    return text.includes("Deno.execPath()") && !text.includes("programArgs(");
  });
  assert.deepEqual(without, []);
  const config = JSON.parse(Deno.readTextFileSync(join(PROJECT_ROOT, "deno.json")));
  assert.equal(config.nodeModulesDir, "manual", "programArgs relies on it");
});

Deno.test("only files of tests call Deno.test, because a test is reported under the file that calls it", () => {
  // CI runs the files of failed tests again, alone.
  const wrong = sourceFiles("tests").filter((path) =>
    !/_test\.tsx?$/.test(path) && /^\s*Deno\.test\(/m.test(Deno.readTextFileSync(join(PROJECT_ROOT, path)))
  );
  assert.deepEqual(wrong, []);
});
