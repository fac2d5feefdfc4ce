/** Tests the names of the folders into which images are sorted. */
import assert from "node:assert/strict";
import { isAbsolute, join, relative } from "node:path";
import { classFolders } from "../../../src/results/copies/class_folders.ts";

Deno.test("a class that is named like a folder has a folder of its name", () => {
  const names = ["day bed", "Äpfel", "三", "men's shoes", "a.b", "😀"];
  assert.deepEqual([...classFolders(names)], names.map((name) => [name, name]));
});

Deno.test("no class name leads outside of the folder, or is no folder's name on another system", () => {
  const names = [
    ...["..", ".", "", " ", "../../etc", "/etc/passwd", "a/b", "a\\b", "..\\x", "./x", "~", "\0", "a\x1b[31mb", "a\nb"],
    ...["CON", "con.txt", "LPT1", "a:b", "what?", "x".repeat(300), "三".repeat(200), ".git", "trailing. ", "\u202eb"],
  ];
  const folders = [...classFolders(names).values()];
  for (const folder of folders) {
    const inside = relative("/to", join("/to", folder));
    assert.equal(inside, folder);
    assert.ok(inside !== "" && !isAbsolute(inside) && !inside.startsWith("."), JSON.stringify(folder));
    // deno-lint-ignore no-control-regex -- Control characters are what must not be there.
    assert.doesNotMatch(folder, /[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u202a-\u202e]|[. ]$|^(con|lpt1)(\.|$)/i);
    assert.ok(new TextEncoder().encode(folder).length < 255, folder);
  }
  assert.equal(new Set(folders.map((folder) => folder.toLowerCase())).size, names.length);
});

Deno.test("classes whose folders would be the same get a number, also where only the case differs", () => {
  assert.deepEqual([...classFolders(["n/a", "n_a", "N:A", "n_a_2"]).values()], ["n_a", "n_a_2", "N_A_3", "n_a_2_2"]);
});
