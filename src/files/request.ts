/** HTTP requests that give up: on a server that never answers, and on one that falls silent in the middle. */
import { HeadlightError } from "../errors.ts";

export interface Patience {
  /** Until the answer's head is there. */
  readonly connectTimeoutMs?: number | undefined;
  /** Between two pieces of its body. */
  readonly stallTimeoutMs?: number | undefined;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body, piece by piece. Leaving the loop early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection without reading the body. */
  discard(): Promise<void>;
}

/** Whoever has no network is to hear of it soon. */
export const CONNECT_TIMEOUT_MS = 10_000;
const STALL_TIMEOUT_MS = 30_000;

/**
 * GETs a URL, redirects followed.
 * @throws HeadlightError (1), here and from the body: one line that names the host and what went wrong.
 */
export async function request(url: string, headers: Record<string, string>, patience: Patience = {}): Promise<Answer> {
  const { connectTimeoutMs = CONNECT_TIMEOUT_MS, stallTimeoutMs = STALL_TIMEOUT_MS } = patience;
  const { host } = new URL(url);
  const controller = new AbortController();
  const connecting = setTimeout(() => controller.abort(), connectTimeoutMs);
  let response: Response;
  try {
    // A compressed body could be neither counted nor resumed.
    response = await fetch(url, { headers: { "accept-encoding": "identity", ...headers }, signal: controller.signal });
  } catch (error) {
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
      if (error instanceof HeadlightError) throw error;
      const silent = `${host} sent nothing for ${stallTimeoutMs / 1000} s`;
      throw new HeadlightError(controller.signal.aborted ? silent : `${host} broke off: ${reason(error)}`, 1, {
        cause: error,
      });
    } finally {
      await reader.cancel().catch(() => {});
    }
  }

  const discard = () => response.body?.cancel() ?? Promise.resolve();
  return { status: response.status, headers: response.headers, body: body(), discard };
}

/** The end of the chain of causes: "dns error: …" says more than "fetch failed". */
function reason(error: unknown): string {
  let last = error;
  while (last instanceof Error && last.cause !== undefined) last = last.cause;
  const text = last instanceof Error ? last.message : String(last);
  return text.replace(/^error sending request.*?\): /, "").replace(/^client error \(\w+\): /, "");
}
