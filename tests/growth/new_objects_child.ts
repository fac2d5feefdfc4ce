/** Allocates much that lives for a while, and prints how large V8's space for new objects has become, in bytes. */
import { getHeapSpaceStatistics } from "node:v8";

const kept: number[][] = [];
for (let turn = 0; turn < 4_000_000; turn++) kept[turn % 100_000] = [turn, turn, turn, turn, turn, turn];
console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space")?.space_size);
