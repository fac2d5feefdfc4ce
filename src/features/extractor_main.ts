/**
 * The extractor process. Reads one job, a JSON line, from standard input; when standard input closes, the process ends,
 * so it never outlives the trainer. Writes reports to standard output and everything else to standard error
 * (trainer.log).
 */
import "../no_debugger.ts";
import "../interpreted_schemas.ts";

// A dynamic import, because a static one would be loaded before the debugger is closed.
await import("./perform_job.ts");
