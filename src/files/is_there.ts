/** Whether something has a path, a link that leads nowhere too. False also where it may not be looked at. */
export function isThere(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
