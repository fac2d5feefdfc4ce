/**
 * The process that delivers one notification. It has a session of its own, so that the trainer need not wait for it. The
 * request comes on standard input. Why it failed is on standard output for the trainer, and on standard error, which is
 * trainer.log, for a trainer that has exited.
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
