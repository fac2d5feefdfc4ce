import assert from "node:assert/strict";
import { explainPip } from "../../src/engine/wheels/download.ts";
import { placeOf, wheelFor } from "../../src/engine/tensorflow/wheel.ts";

const NO_MATCH = "ERROR: No matching distribution found for tensorflow-cpu==2.21.0\n";
const retry = (cause: string) =>
  `WARNING: Retrying (Retry(total=0)) after connection broken by '${cause}': /simple/tensorflow-cpu/\n${NO_MATCH}`;

/** Output of pip 23.2, shortened. */
const OUTPUTS: readonly (readonly [what: string, output: string, meaning: RegExp])[] = [
  ["no pip", "/usr/bin/python3: No module named pip\n", /^Python has no pip\. Install it/],
  [
    "no name server",
    retry("NewConnectionError('<…>: Failed to establish a new connection: [Errno -2] Name or service not known')"),
    /^no connection to the package index \(Name or service not known\)\. Check the network/,
  ],
  [
    "a refused connection",
    retry("NewConnectionError('<…>: Failed to establish a new connection: [Errno 111] Connection refused')"),
    /\(Connection refused\)/,
  ],
  [
    "a time-out",
    retry("ConnectTimeoutError(<…>, 'Connection to pypi.org timed out. (connect timeout=10.0)')"),
    /^no connection to the package index \(connect timeout\)/,
  ],
  [
    "an unknown certificate",
    retry("SSLError(SSLCertVerificationError(1, 'certificate verify failed: self-signed'))"),
    /\(certificate verify failed\)/,
  ],
  [
    "a full disk",
    "ERROR: Could not install packages: [Errno 28] No space left on device\n",
    /^the disk is full\. Free some space\.$/,
  ],
  [
    "a file that the index lacks",
    NO_MATCH,
    /^pip reports: No matching distribution found for tensorflow-cpu==2\.21\.0$/,
  ],
  ["a traceback", "Traceback\n  File\nKeyError: 'x'\n", /^pip reports: KeyError: 'x'$/],
  ["no output", "", /^pip failed without a message\.$/],
];

for (const [what, output, meaning] of OUTPUTS) {
  Deno.test(`pip's output is understood: ${what}`, () => assert.match(explainPip(output), meaning));
}

Deno.test("only the libraries and the reachable headers of a wheel are unpacked", () => {
  const places = [
    ["tensorflow/libtensorflow_cc.so.2", "libtensorflow_cc.so.2"],
    ["tensorflow/include/tensorflow/c/eager/c_api.h", "include/tensorflow/c/eager/c_api.h"],
    ["tensorflow/include/xla/tsl/c/tsl_status.h", "include/xla/tsl/c/tsl_status.h"],
    ["tensorflow/include/external/x/y.h", null],
    ["tensorflow/include/tensorflow/c/../../../../escape.h", null],
    ["tensorflow/python/_pywrap.so", null],
    ["tensorflow/libtensorflow_cc.2.dylib", null],
  ] as const;
  for (const [entry, place] of places) assert.equal(placeOf(entry, "linux-x86_64"), place, entry);
  assert.equal(placeOf("tensorflow/libtensorflow_cc.2.dylib", "darwin-aarch64"), "libtensorflow_cc.2.dylib");
});

Deno.test("a wheel is pinned by a SHA-256 for each platform that has one", () => {
  for (const platform of ["linux-x86_64", "linux-aarch64", "darwin-aarch64"]) {
    assert.match(wheelFor(platform)?.sha256 ?? "", /^[0-9a-f]{64}$/);
    assert.equal(wheelFor(platform)?.tried, platform === "linux-x86_64");
  }
  assert.equal(wheelFor("windows-x86_64"), null);
});
