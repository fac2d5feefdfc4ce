/**
 * Installs the packages that deno.lock names, if they are not there yet, and says so: it takes half a minute and more in
 * which nothing else is seen. Every task of deno.json runs this first. It imports no package itself.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PACKAGES = join(ROOT, "node_modules");
/** What was installed last. */
const STAMP = join(PACKAGES, ".headlight-installed");
/** What node_modules takes on disk, in MB. A test measures it. */
export const PACKAGES_MB = 500;

/** A digest of what decides which packages are installed, and how. */
function wanted(): string {
  const hash = createHash("sha256").update(Deno.version.deno);
  for (const name of ["deno.json", "deno.lock"]) hash.update(readFileSync(join(ROOT, name)));
  return hash.digest("hex");
}

if (import.meta.main) {
  const installed = existsSync(STAMP) ? readFileSync(STAMP, "utf8") : null;
  const asked = wanted();
  if (installed !== asked) {
    if (!existsSync(PACKAGES)) {
      console.error(`headlight: installing its packages (${PACKAGES_MB} MB on disk), once for this folder`);
    }
    const { success, code } = new Deno.Command(Deno.execPath(), {
      args: ["install", "--quiet"],
      cwd: ROOT,
      stdin: "null",
      stdout: "inherit",
      stderr: "inherit",
    }).outputSync();
    if (!success) Deno.exit(code);
    writeFileSync(STAMP, asked);
  }
}
