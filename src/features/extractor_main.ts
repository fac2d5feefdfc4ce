/**
 * The extractor process. Standard input: one job as a JSON line, then nothing; when it closes, the process ends, so it
 * never outlives the trainer. Standard output: reports. Standard error: everything else (trainer.log).
 */
import "../no_debugger.ts";

// Loaded after the debugger is closed, not with it: a static import would be loaded first.
await import("./perform_job.ts");
