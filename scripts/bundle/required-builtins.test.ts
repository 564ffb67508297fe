import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { build } from "esbuild"
import { requiredBuiltins } from "./required-builtins.ts"

test("a package in CommonJS gets Node's own modules from within a bundle of ES modules, as they are", async () => {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-bundle-"))
  try {
    writeFileSync(
      join(folder, "old.cjs"),
      `const { inherits } = require("util"); const Stream = require("stream"); const zlib = require("node:zlib")
       function Mine() { Stream.call(this) } inherits(Mine, Stream)
       exports.answer = () => [new Mine() instanceof Stream, typeof zlib.gzipSync]`,
    )
    writeFileSync(join(folder, "new.mjs"), 'export { answer } from "./old.cjs"')
    await build({
      entryPoints: [join(folder, "new.mjs")],
      outfile: join(folder, "bundle.mjs"),
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "error",
      plugins: [requiredBuiltins],
    })
    const { answer } = (await import(join(folder, "bundle.mjs"))) as { readonly answer: () => readonly unknown[] }
    assert.deepEqual(answer(), [true, "function"])
  } finally {
    rmSync(folder, { recursive: true })
  }
})
