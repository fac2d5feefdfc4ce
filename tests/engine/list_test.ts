import assert from "node:assert/strict";
import { join } from "node:path";
import { engineKindSchema, engineRequestSchema } from "../../src/config.ts";
import { hasDriver } from "../../src/engine/cuda/driver.ts";
import { engines, requestedEngines } from "../../src/engine/engines/list.ts";
import { PROJECT_ROOT } from "../../src/paths.ts";

Deno.test("auto tries CUDA where there is a driver, TensorFlow and WebAssembly, and a named engine is the only one tried", () => {
  const kinds = engineKindSchema.options;
  assert.deepEqual(engineRequestSchema.options, ["auto", ...kinds]);
  assert.deepEqual(Object.keys(engines), [...kinds]);
  const onGpu = hasDriver() ? [engines.cuda] : [];
  assert.deepEqual(requestedEngines("auto"), [...onGpu, engines.tensorflow, engines.wasm]);
  assert.deepEqual(requestedEngines("auto", "openvino"), [
    ...onGpu,
    engines.openvino,
    engines.tensorflow,
    engines.wasm,
  ]);
  for (const kind of kinds) assert.deepEqual(requestedEngines(kind), [engines[kind]]);
});

Deno.test("the last engine of the list needs only the packages and accepts every run on a frozen base", () => {
  const last = Object.values(engines).at(-1);
  assert.deepEqual(last?.capabilities, {
    ...{ graphs: false, threads: false, precisions: ["float32"], namedFolder: false, trainsConvolutions: false },
    nvidia: false,
  });
  for (const { capabilities } of Object.values(engines)) assert.ok(capabilities.precisions.includes("float32"));
});

function sources(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    const path = join(folder, name);
    return isDirectory ? sources(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

Deno.test("nothing outside src/engine makes a decision by an engine's name", () => {
  const own = join(PROJECT_ROOT, "src", "engine");
  const all = ["src", "components"].flatMap((folder) => sources(join(PROJECT_ROOT, folder)));
  const comparison = new RegExp(`[!=]== "(?:${engineKindSchema.options.join("|")})"`);
  const wrong = all.filter((path) => !path.startsWith(own) && comparison.test(Deno.readTextFileSync(path)));
  assert.deepEqual(wrong, []);
});
