/** A process that loads what computes bases of OpenVINO, and then what records graphs. Prints when TensorFlow is loaded. */
import { loadBaseEngine } from "../../src/engine/engines/load.ts";
import { provisionEngine } from "../../src/engine/engines/provision.ts";
import { cacheRoot } from "../../src/paths.ts";

const isLoaded = () => Deno.readTextFileSync("/proc/self/maps").includes("libtensorflow_cc");
const { files } = await provisionEngine("openvino", { cacheRoot: cacheRoot(), onProgress() {} });
const engine = await loadBaseEngine(files);
const before = isLoaded();
await engine.tf();
console.log(JSON.stringify([before, isLoaded()]));
Deno.exit(0);
