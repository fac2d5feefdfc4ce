/** A file server on this machine with the faults of real servers. */

export interface TestServer {
  readonly url: string;
  /** The Range header of each request, or null if it had none. */
  readonly ranges: (string | null)[];
}

export interface Faults {
  /** Ignores ranges and answers every request with the whole file. */
  readonly ignoreRange?: boolean;
  /** The number of bytes after which the n-th answer breaks off. undefined: it does not. */
  readonly cutAfter?: readonly (number | undefined)[];
  /** Sends this many bytes and then nothing more. */
  readonly silentAfter?: number;
  readonly status?: number;
  /** The status that the n-th answer has instead of content. undefined: content. */
  readonly statuses?: readonly (number | undefined)[];
  /** Answers a range request with a range that begins this many bytes later. */
  readonly shiftRange?: number;
}

/** Serves `content` under every path while `body` runs. */
export async function withServer<T>(
  content: Uint8Array,
  faults: Faults,
  body: (server: TestServer) => Promise<T>,
): Promise<T> {
  const ranges: (string | null)[] = [];
  const pending: ReadableStreamDefaultController<Uint8Array>[] = [];
  const handler = (request: Request): Response => {
    const range = request.headers.get("range");
    const cut = faults.cutAfter?.[ranges.length];
    const status = faults.statuses?.[ranges.length] ?? faults.status;
    ranges.push(range);
    if (status !== undefined) return new Response("no", { status });
    const asked = range && !faults.ignoreRange ? Number(/^bytes=(\d+)-$/.exec(range)?.[1]) : 0;
    const from = asked > 0 ? asked + (faults.shiftRange ?? 0) : 0;
    if (from >= content.length) return new Response(null, { status: 416 });
    const rest = content.slice(from);
    const headers = { "content-length": String(rest.length) };
    const partial = from > 0
      ? {
        status: 206,
        headers: { ...headers, "content-range": `bytes ${from}-${content.length - 1}/${content.length}` },
      }
      : { status: 200, headers };
    if (cut === undefined && faults.silentAfter === undefined) return new Response(rest, partial);
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(rest.subarray(0, cut ?? faults.silentAfter));
        if (cut === undefined) pending.push(controller);
        // Sent bytes must leave the machine before the connection breaks.
        else setTimeout(() => controller.error(new Error("cut")), 50);
      },
      cancel() {},
    });
    return new Response(stream, partial);
  };
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {}, onError: () => new Response(null) },
    handler,
  );
  try {
    return await body({ url: `http://127.0.0.1:${server.addr.port}/file.npy`, ranges });
  } finally {
    for (const controller of pending) {
      try {
        controller.close();
      } catch {
        // The client has already hung up.
      }
    }
    await server.shutdown();
  }
}
