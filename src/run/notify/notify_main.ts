/**
 * The process that delivers one notification. It has its own session, so that it can outlive the trainer. It reads the
 * request from standard input. It writes why the notification failed to standard output, for the trainer, and to
 * standard error, which is trainer.log, because the trainer may have exited.
 */
import "../../no_debugger.ts";
import "../../interpreted_schemas.ts";
import { deliver } from "./deliver.ts";
import { notifyRequestSchema } from "./request.ts";

const problem = await deliver(notifyRequestSchema.parse(await new Response(Deno.stdin.readable).json()));
if (problem !== null) console.error(`${new Date().toISOString()} ${problem}`);
try {
  Deno.stdout.writeSync(new TextEncoder().encode(JSON.stringify({ problem })));
} catch {
  // The trainer has exited.
}
Deno.exit(problem === null ? 0 : 1);
