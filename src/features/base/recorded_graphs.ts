/**
 * Graphs that one process records for another. In one process, TensorFlow, which records a base, and an engine that
 * measures its graphs would need their memory at the same time.
 */
import { join } from "node:path";
import { encodeSavedModel } from "../../engine/tensorflow/capture/saved_model.ts";
import type { Graph } from "../../engine/tensorflow/capture/graph.ts";
import { writeTemporary } from "../../files/temporary.ts";
import { type FoundGraph, portsSchema } from "./graph_store.ts";
import { type GraphInput, nameOfInput } from "./base_graph.ts";

/** Writes a graph into a folder of recorded graphs. @throws HeadlightError (1) if the folder cannot be written */
export function writeRecorded(root: string, input: GraphInput, graph: Graph): void {
  const folder = folderOf(root, input);
  Deno.mkdirSync(folder, { mode: 0o700 });
  const { inputs, outputs } = graph;
  writeTemporary(join(folder, "saved_model.pb"), encodeSavedModel(graph));
  writeTemporary(join(folder, "ports.json"), new TextEncoder().encode(JSON.stringify({ inputs, outputs })));
}

/** Returns the recorded graph with this input. @throws Error if there is none */
export function readRecorded(root: string, input: GraphInput): FoundGraph {
  const folder = folderOf(root, input);
  return { folder, ports: portsSchema.parse(JSON.parse(Deno.readTextFileSync(join(folder, "ports.json")))) };
}

function folderOf(root: string, input: GraphInput): string {
  return join(root, nameOfInput(input));
}
