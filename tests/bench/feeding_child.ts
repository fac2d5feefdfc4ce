/** Measures how many images a second Headlight's extractor handles if the base costs nothing. */
import { z } from "zod";
import type { ImageSet } from "../../src/data/dataset/dataset.ts";
import { openDataSource } from "../../src/data/open.ts";
import type { BaseEngine } from "../../src/engine/engine.ts";
import { engines } from "../../src/engine/engines/list.ts";
import type { MakeGraph } from "../../src/features/base/graph_base.ts";
import { extractRows } from "../../src/features/extractor.ts";
import { runExtractor } from "../../src/features/extractor_process.ts";
import { type ExtractionSpec, extractionSpecSchema, type ImageRequest } from "../../src/features/job.ts";
import { baseNetwork } from "../../src/model/base_network.ts";
import { printResult, readRequest } from "./children.ts";
import { CountedRate } from "./counted_rate.ts";

const requestSchema = z.object({ spec: extractionSpecSchema, cacheRoot: z.string() });

/** Returns TensorFlow's engine, except that it computes nothing: all features are 0. */
function idleEngine({ engine: { version } }: ExtractionSpec, featureWidth: number): BaseEngine {
  const { capabilities, callShapes } = engines.tensorflow;
  if (callShapes === null) throw new Error("TensorFlow takes graphs");
  const tf = () => Promise.reject(new Error("the graph must be in the cache"));
  return {
    ...{ kind: "tensorflow", version, device: "cpu", capabilities, tf },
    baseGraphs: {
      rewritten: true,
      shapes: callShapes,
      open: (_, { shape: { batch } }) => ({
        run: (lanes) => lanes.map(() => new Float32Array(batch * featureWidth)),
        dispose() {},
      }),
    },
  };
}

async function requests(part: ImageRequest["part"], images: ImageSet): Promise<ImageRequest[]> {
  return (await images.digests()).map((digest, index) => ({ part, index, file: images.fileOf(index), digest }));
}

if (import.meta.main) {
  const { spec, cacheRoot } = readRequest(requestSchema);
  const dataset = await openDataSource(spec.data, spec.size);
  const images = [
    ...await requests("train", dataset.train),
    ...await requests("validation", dataset.validation),
  ];
  dataset.close();
  const makeGraph: MakeGraph = async (kind) => {
    for await (const report of runExtractor({ kind: "make_graph", spec, cacheRoot, images: kind }, {})) {
      if (report.type === "failed") throw new Error(report.line);
    }
  };
  const engine = idleEngine(spec, (await baseNetwork(spec.base)).featureWidth);
  const rate = new CountedRate(images.length);
  const place = { cacheRoot, cores: navigator.hardwareConcurrency, makeGraph };
  await extractRows(() => Promise.resolve(engine), spec, images, place, { onRows: (rows) => rate.add(rows.length) });
  printResult(rate.result());
  Deno.exit(0);
}
