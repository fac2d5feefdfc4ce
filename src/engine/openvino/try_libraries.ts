/**
 * A program that opens OpenVINO's libraries and computes with them, in a separate process. If they do not work on this
 * machine, a crash ends only this process.
 *
 *     deno run -A try_libraries.ts FOLDER      prints OpenVINO's version
 */
import "../../no_debugger.ts";
import { placeholderNode, typeAttribute } from "../tensorflow/capture/graph.ts";
import { withSavedModel } from "../tensorflow/capture/session.ts";
import { platformName } from "../wheels/pinned.ts";
import { CompiledModel } from "./compiled_model.ts";
import { OpenvinoLibrary } from "./library.ts";
import { libraryNames } from "./wheel.ts";

const [folder] = Deno.args;
if (folder === undefined) throw new Error("the first argument must be the folder of the libraries");
const library = OpenvinoLibrary.open(folder, libraryNames(platformName()));
const [input, output] = ["input", "output"].map((node) => ({ node, dtype: "float32", shape: [2, 2] } as const));
if (!input || !output) throw new Error("no ports");
const add = {
  name: output.node,
  op: "AddV2",
  inputs: [input.node, input.node],
  attributes: { T: typeAttribute("float32") },
};
const graph = { nodes: [placeholderNode(input), add], inputs: [input], outputs: [output] };
const options = { precision: "float32", requests: 1, threads: 1 } as const;
const model = withSavedModel(graph, (path) => new CompiledModel(library, path, options));
const [sums] = model.run([new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer)]);
model.dispose();
if (String(sums) !== "2,4,6,8") throw new Error(`OpenVINO computed ${sums} instead of 2,4,6,8`);
console.log(library.version);
