/** A process that provides the first of NVIDIA's wheels on the small machine in a folder and prints the folder. */
import { nvidiaParts } from "../../../src/engine/cuda/wheels.ts";
import { provideWheels } from "../../../src/engine/wheels/provide.ts";
import { SmallMachine } from "../small_machine.ts";

const [folder = ""] = Deno.args;
const { cacheRoot, python, cudaWheels } = new SmallMachine(folder);
const parts = nvidiaParts(cudaWheels).slice(0, 1);
console.log(...await provideWheels(parts, { cacheRoot, python, onProgress: () => {} }));
