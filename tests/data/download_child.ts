/** `download_child.ts FOLDER RECORD_URL`: downloads the set and prints "some" when the first bytes have arrived. */
import { downloadDollarstreet } from "../../src/data/dollarstreet.ts";

const [folder = "", recordUrl = ""] = Deno.args;
let said = false;
await downloadDollarstreet({
  folder,
  recordUrl,
  onProgress({ done }) {
    if (done > 0 && !said) console.log("some");
    said ||= done > 0;
  },
});
