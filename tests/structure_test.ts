/** What the layout promises: dependencies point one way, and no viewer waits for tfjs. */
import assert from "node:assert/strict";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { PROJECT_ROOT } from "../src/paths.ts";

const graphSchema = z.object({
  modules: z.array(z.object({
    specifier: z.string(),
    dependencies: z.array(z.object({
      specifier: z.string(),
      isDynamic: z.boolean().optional(),
      code: z.object({ specifier: z.string().optional() }).optional(),
    })).optional(),
  })),
});

interface Import {
  readonly from: string;
  readonly to: string;
  readonly dynamic: boolean;
}

/** The imports that are there at run time (types left out) of everything that `entry` reaches. */
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
    dependencies.flatMap(({ code, isDynamic = false }) =>
      code?.specifier === undefined ? [] : [{ from: name(specifier), to: name(code.specifier), dynamic: isDynamic }]
    )
  );
}

/** Everything that is loaded once `entry` is: what it imports by itself, and the dynamic imports of `also`. */
function reached(entry: string, imports: readonly Import[]): Set<string> {
  const found = new Set([entry]);
  const pending = [entry];
  for (let from = pending.pop(); from !== undefined; from = pending.pop()) {
    for (const edge of imports) {
      if (edge.from !== from || edge.dynamic || found.has(edge.to)) continue;
      found.add(edge.to);
      pending.push(edge.to);
    }
  }
  return found;
}

for (
  const entry of [
    "main.ts",
    "src/commands/train.ts",
    "src/commands/watch.ts",
    "src/commands/send.ts",
    "src/dashboard/plain/run_lines.ts",
    "components/render.tsx",
  ]
) {
  Deno.test(`${entry} never imports tfjs: the first frame must not wait for it`, async () => {
    const modules = reached(entry, await importsOf(entry));
    assert.ok(modules.size > 3);
    assert.deepEqual([...modules].filter((module) => module.includes("tensorflow/") || module.includes("h5wasm")), []);
  });
}

Deno.test("no command waits for the plotting library or its renderer before it draws a file", async () => {
  for (const entry of ["main.ts", "src/commands/plot.ts", "src/commands/evaluate.ts"]) {
    const imports = await importsOf(entry);
    assert.deepEqual([...reached(entry, imports)].filter((module) => /echarts|resvg/.test(module)), [], entry);
  }
});

/** Folders in the order of their dependencies: each may import from itself and from those before it. */
const LAYERS = [
  ...["files", "run_state", "engine", "data", "model", "features", "training", "run", "dashboard", "results", "doctor"],
  ...["components", "commands"],
];

Deno.test("dependencies point one way", async () => {
  const entries = ["main.ts", "src/run/trainer_main.ts", "src/features/extractor_main.ts"];
  const imports = (await Promise.all(entries.map(importsOf))).flat();
  const layer = (path: string): string | undefined => /^(?:src\/)?([^/]+)\//.exec(path)?.[1];
  const wrong = new Set<string>();
  for (const { from, to } of imports) {
    const [importer, imported] = [LAYERS.indexOf(layer(from) ?? ""), LAYERS.indexOf(layer(to) ?? "")];
    if (importer >= 0 && imported > importer) wrong.add(`${from} imports ${to}`);
    if (layer(from) === "training" && ["run", "features"].includes(layer(to) ?? "")) wrong.add(`${from} imports ${to}`);
    const shared = ["src/events.ts", "src/config.ts", "src/errors.ts", "src/paths.ts"];
    if (shared.includes(from) && importer < 0 && imported >= 0 && !to.endsWith("engine/engine.ts")) {
      wrong.add(`${from} imports ${to}`);
    }
  }
  assert.deepEqual([...wrong], []);
});
