/** A graph model for TensorFlow.js, which runs in browsers, Node and Deno. */
import { join } from "node:path";
import project from "../../../deno.json" with { type: "json" };
import { foldBatchNorms } from "../../engine/tensorflow/rewrite/fold_batch_norm.ts";
import type { ExportedModel } from "../exported_model.ts";
import type { ExportServices, Format } from "../format.ts";
import { recordNetwork } from "../recorded_network.ts";
import { fuseConvolutions } from "./fuse.ts";
import { signature, topology, weightsOf, withPortNames } from "./graph_json.ts";
import { howToLoad } from "./how_to_load.ts";
import { checkOps } from "./known_ops.ts";
import { writeShards } from "./shards.ts";

/** Writes model.json and the files with the weights. */
export const tfjs: Format = {
  displayName: "TensorFlow.js",

  async write(model: ExportedModel, folder: string, services: ExportServices): Promise<void> {
    const recorded = recordNetwork(await services.tf(), model);
    const graph = withPortNames(fuseConvolutions(foldBatchNorms(recorded)), "pixels", "probabilities");
    const used = { ...graph, nodes: withoutUnused(graph.nodes) };
    checkOps(model.name, used);
    const weights = weightsOf(used);
    const paths = await writeShards(folder, weights.map(({ bytes }) => bytes));
    const { name, classes, size, resize } = model;
    const json = {
      format: "graph-model",
      generatedBy: `Headlight ${project.version}`,
      convertedBy: null,
      signature: signature(used),
      userDefinedMetadata: { name, classes, size, resize },
      modelTopology: topology(used),
      weightsManifest: [{ paths, weights: weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })) }],
    };
    await Deno.writeTextFile(join(folder, "model.json"), JSON.stringify(json));
  },

  howToLoad,
};

/** Leaves out constants that no node uses: the kernels that were folded. */
function withoutUnused<Node extends { name: string; op: string; inputs: readonly string[] }>(
  nodes: readonly Node[],
): Node[] {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return nodes.filter(({ name, op }) => op !== "Const" || used.has(name));
}
