/** A stand-in for Zenodo on this machine: one record as Zenodo's API returns it, with the files it lists. */
import { createHash } from "node:crypto";
import { encodeNpy } from "../npy.ts";
import { smallArrays } from "./arrays/made_npy.ts";

export interface Zenodo {
  readonly recordUrl: string;
  /** The name and range of each request for a file. */
  readonly requests: string[];
  /** While this is set, an answer stops after half of its file without ending. */
  stalling: boolean;
}

/** The four files of the small set, by name. */
export const FILES: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = new Map(
  Object.entries(smallArrays()).map(([name, array]) => [`${name}.npy`, new Uint8Array(encodeNpy(array))]),
);

/** Runs `body` with a server. `edit` may damage the record. `stored` are its files. */
export async function withZenodo<T>(
  body: (zenodo: Zenodo) => Promise<T>,
  edit: (record: { files: Record<string, unknown>[] }) => unknown = (record) => record,
  stored: ReadonlyMap<string, Uint8Array<ArrayBuffer>> = FILES,
): Promise<T> {
  const requests: string[] = [];
  const open: ReadableStreamDefaultController<Uint8Array>[] = [];
  const zenodo = { recordUrl: "", requests, stalling: false };
  const handler = (request: Request): Response => {
    const { pathname, origin } = new URL(request.url);
    if (pathname === "/api/records/1") return Response.json(edit(record(origin, stored)));
    const name = /^\/files\/(.+)\/content$/.exec(pathname)?.[1] ?? "";
    const content = stored.get(name);
    if (!content) return new Response("no", { status: 404 });
    const range = request.headers.get("range");
    requests.push(`${name} ${range ?? "whole"}`);
    const from = Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? 0);
    const headers: Record<string, string> = { "content-length": String(content.length - from) };
    if (from > 0) headers["content-range"] = `bytes ${from}-${content.length - 1}/${content.length}`;
    const status = from > 0 ? 206 : 200;
    if (!zenodo.stalling) return new Response(content.slice(from), { status, headers });
    const half = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(content.slice(from, content.length >> 1));
        open.push(controller);
      },
    });
    return new Response(half, { status, headers });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handler);
  zenodo.recordUrl = `http://127.0.0.1:${server.addr.port}/api/records/1`;
  try {
    return await body(zenodo);
  } finally {
    for (const controller of open) {
      try {
        controller.error(new Error("over"));
      } catch {
        // The client has already hung up.
      }
    }
    await server.shutdown();
  }
}

function record(origin: string, stored: ReadonlyMap<string, Uint8Array>) {
  const files: Record<string, unknown>[] = [...stored].map(([key, content]) => ({
    id: "c0ffee",
    key,
    size: content.length,
    checksum: `md5:${createHash("md5").update(content).digest("hex")}`,
    links: { self: `${origin}/files/${key}/content` },
  }));
  return { id: 1, title: "Dollar street 10 - 64x64x3", files };
}
