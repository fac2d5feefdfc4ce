/** HTTP requests with timeouts for connecting and for a server that stops sending. */
import { HeadlightError } from "../errors.ts";

export interface Patience {
  /** The time limit, in milliseconds, for receiving the response headers. */
  readonly connectTimeoutMs?: number | undefined;
  /** The time limit, in milliseconds, between two pieces of the body. */
  readonly stallTimeoutMs?: number | undefined;
  /** Ends the request at once when aborted. */
  readonly signal?: AbortSignal | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body in pieces. Leaving the loop early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection without reading the body. */
  discard(): Promise<void>;
}

/** Short, so that a missing network is reported soon. */
export const CONNECT_TIMEOUT_MS = 10_000;
const STALL_TIMEOUT_MS = 30_000;

/**
 * Sends a GET request and follows redirects.
 * @throws from here or while the body is read: the signal's reason when aborted; HeadlightError (1) with the host and
 * the reason
 */
export async function request(url: string, headers: Record<string, string>, patience: Patience = {}): Promise<Answer> {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, stallTimeoutMs = STALL_TIMEOUT_MS, signal } = patience;
  const { host } = new URL(url);
  const controller = new AbortController();
  const either = signal === undefined ? controller.signal : AbortSignal.any([controller.signal, signal]);
  const connecting = setTimeout(() => controller.abort(), connectTimeoutMs);
  let response: Response;
  try {
    // The bytes of a compressed body could not be counted against the expected size, and its download could not be
    // resumed.
    response = await fetch(url, { headers: { "accept-encoding": "identity", ...headers }, signal: either });
  } catch (error) {
    signal?.throwIfAborted();
    const silent = `${host} did not answer within ${connectTimeoutMs / 1000} s`;
    throw new HeadlightError(controller.signal.aborted ? silent : `${host} cannot be reached: ${reason(error)}`, 1, {
      cause: error,
    });
  } finally {
    clearTimeout(connecting);
  }

  async function* body(): AsyncGenerator<Uint8Array> {
    if (!response.body) return;
    const reader = response.body.getReader();
    try {
      for (;;) {
        const stalled = setTimeout(() => controller.abort(), stallTimeoutMs);
        const { done, value } = await reader.read().finally(() => clearTimeout(stalled));
        if (done) return;
        yield value;
      }
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof HeadlightError) throw error;
      const silent = `${host} sent nothing for ${stallTimeoutMs / 1000} s`;
      throw new HeadlightError(
        controller.signal.aborted ? silent : `the connection to ${host} was lost: ${reason(error)}`,
        1,
        {
          cause: error,
        },
      );
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  const discard = () => response.body?.cancel() ?? Promise.resolve();
  return { status: response.status, headers: response.headers, body: body(), discard };
}

/** Returns the message of the innermost cause: "dns error: …" says more than "fetch failed". */
function reason(error: unknown): string {
  let last = error;
  while (last instanceof Error && last.cause !== undefined) last = last.cause;
  const text = last instanceof Error ? last.message : String(last);
  return text.replace(/^error sending request.*?\): /, "").replace(/^client error \(\w+\): /, "");
}
