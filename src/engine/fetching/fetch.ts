/** The work of the process that sets an engine up beside a run (fetch_main.ts). */
import { engineKindSchema } from "../../config.ts";
import { errorLine, HeadlightError } from "../../errors.ts";
import { cacheRoot } from "../../paths.ts";
import { STOP_SIGNALS } from "../../stop_signals.ts";
import { provisionEngine } from "../engines/provision.ts";
import type { FetchReport } from "./start_fetch.ts";

const control = new AbortController();
const end = () => control.abort();
for (const signal of STOP_SIGNALS) Deno.addSignalListener(signal, end);
const isClosed = (async () => {
  for await (const _ of Deno.stdin.readable);
})();
isClosed.then(end, end);

const kind = engineKindSchema.parse(Deno.args[0]);
try {
  const { files } = await provisionEngine(kind, {
    cacheRoot: cacheRoot(),
    onProgress: () => {},
    signal: control.signal,
  });
  report({ type: "fetched", version: files.version });
} catch (error) {
  if (!control.signal.aborted) {
    if (!(error instanceof HeadlightError)) console.error(error);
    report({ type: "failed", why: errorLine(error) });
  }
}
Deno.exit(0);

function report(message: FetchReport): void {
  console.log(JSON.stringify(message));
}
