/**
 * A program that sets an engine up beside a run, in a separate process, so that the run does not wait. It ends when its
 * standard input closes, so that it never outlives the run.
 *
 *     deno run -A fetch_main.ts ENGINE      prints one JSON line: the version, or why it failed
 */
import "../../no_debugger.ts";
import "../../interpreted_schemas.ts";

// A dynamic import, because a static one would be loaded before the debugger is closed.
await import("./fetch.ts");
