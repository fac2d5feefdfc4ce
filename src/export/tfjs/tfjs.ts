/** The formats for TensorFlow.js, which runs in browsers, Node and Deno: a graph model and a page that uses it. */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import project from "../../../deno.json" with { type: "json" };
import { foldBatchNorms } from "../../engine/tensorflow/rewrite/fold_batch_norm.ts";
import type { ExportedModel } from "../exported_model.ts";
import type { ExportServices, Format } from "../format.ts";
import { checkSize, weightBytes } from "../size_limit.ts";
import { recordNetwork } from "../recorded_network.ts";
import { fuseConvolutions } from "./fuse.ts";
import { signature, topology, weightsOf, withPortNames } from "./graph_json.ts";
import { howToUseFolder, howToUsePage } from "./how_to_load.ts";
import { checkOps } from "./known_ops.ts";
import { writeShards } from "./shards.ts";
import { type ModelArtifacts, pageFolder, singlePage } from "./web_page.ts";

/** Writes model.json, the files with the weights, and a page that uses them. */
export const tfjs: Format = {
  displayName: "TensorFlow.js",
  async write(model, folder, services) {
    const { artifacts: { weightSpecs: weights, ...artifacts }, parts } = await madeFor(model, services);
    const paths = await writeShards(folder, parts);
    const json = { ...FORMAT, ...artifacts, weightsManifest: [{ paths, weights }] };
    await Deno.writeTextFile(join(folder, "model.json"), JSON.stringify(json));
    for (const { name, content } of pageFolder(model)) await Deno.writeTextFile(join(folder, name), content);
  },
  howToLoad: howToUseFolder,
};

/** Writes one page that contains the model, TensorFlow.js and everything else. */
export const tfjsPage: Format = {
  displayName: "a web page in one file",
  async write(model, folder, services) {
    checkSize("index.html", weightBytes(model) * BASE64, MOST_CHARACTERS);
    const { artifacts, parts } = await madeFor(model, services);
    const page = singlePage(model, { ...FORMAT, ...artifacts }, Buffer.concat(parts));
    await Deno.writeTextFile(join(folder, "index.html"), page);
  },
  howToLoad: howToUsePage,
};

/** The number of characters per byte in base64. */
const BASE64 = 4 / 3;
/** The maximum length of a string in V8, which Deno and Chromium use, less some room for the rest of the page. */
const MOST_CHARACTERS = 500e6;

const FORMAT = { format: "graph-model", generatedBy: `Headlight ${project.version}`, convertedBy: null } as const;

interface Made {
  readonly artifacts: ModelArtifacts;
  /** The bytes of the weights, one after the other. */
  readonly parts: readonly Uint8Array[];
}

/** Converts the model to a graph for TensorFlow.js. @throws HeadlightError (2) if TensorFlow.js lacks one of its ops */
async function madeFor(model: ExportedModel, { tf }: ExportServices): Promise<Made> {
  const recorded = recordNetwork(await tf(), model);
  const graph = withPortNames(fuseConvolutions(foldBatchNorms(recorded)), "pixels", "probabilities");
  const used = { ...graph, nodes: withoutUnused(graph.nodes) };
  checkOps(model.name, used);
  const weights = weightsOf(used);
  const { name, classes, size, resize } = model;
  const artifacts = {
    signature: signature(used),
    userDefinedMetadata: { name, classes, size, resize },
    modelTopology: topology(used),
    weightSpecs: weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  };
  return { artifacts, parts: weights.map(({ bytes }) => bytes) };
}

/** Returns the nodes without constants that none of them uses, such as kernels that were folded into others. */
function withoutUnused<Node extends { name: string; op: string; inputs: readonly string[] }>(
  nodes: readonly Node[],
): Node[] {
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  return nodes.filter(({ name, op }) => op !== "Const" || used.has(name));
}
