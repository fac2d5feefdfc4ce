import assert from "node:assert/strict";
import { folderName } from "../../../src/data/dataset/folder_name.ts";

for (
  const [folder, name] of [
    ["/home/me/flowers", "flowers"],
    ["/home/me/flowers/data", "flowers"],
    ["/home/me/flowers/Images", "flowers"],
    ["/home/me/flowers/dataset/images", "flowers"],
    ["/home/me/flowers/Data Set", "flowers"],
    ["/data", "data"],
    ["/data/images", "images"],
    ["/home/me/database", "database"],
  ] as const
) {
  Deno.test(`a data set in ${folder} is named ${name}`, () => assert.equal(folderName(folder), name));
}
