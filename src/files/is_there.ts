/** Returns whether a path exists; a broken symbolic link counts. Returns false if access is denied. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
