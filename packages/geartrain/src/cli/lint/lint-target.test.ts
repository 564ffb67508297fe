import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { lintTarget } from "./lint-target.ts"

const home = mkdtempSync(join(tmpdir(), "geartrain-target-"))
after(() => rmSync(home, { recursive: true, force: true }))

function file(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(home, name), bytes)
  return join(home, name)
}

function folder(name: string, ...entries: readonly string[]): string {
  mkdirSync(join(home, name))
  for (const entry of entries) {
    if (entry.endsWith("/")) mkdirSync(join(home, name, entry), { recursive: true })
    else writeFileSync(join(home, name, entry), "")
  }
  return join(home, name)
}

test("a file is an image or a manifest by its bytes, whatever it is called", async () => {
  const tar = execFileSync("tar", ["-cf", "-", "-C", home, "."])
  for (const [name, bytes] of Object.entries({ "a.json": tar, b: gzipSync(tar), "c.txt": zstdCompressSync(tar) })) {
    const path = file(name, bytes)
    assert.deepEqual(await lintTarget(path), { kind: "image", reference: path })
  }
  for (const [name, text] of Object.entries({ "d.tar": "{}", empty: "", "e.json": '{"name": "x"}' })) {
    const path = file(name, text)
    assert.deepEqual(await lintTarget(path), { kind: "manifest", path })
  }
})

test("a folder is sources or an image by what is in it, and any other one is looked at for a manifest alone", async () => {
  const sources = folder("sources", "manifest.json")
  assert.deepEqual(await lintTarget(sources), { kind: "sources", path: sources })
  for (const [name, mark] of [
    ["root", "flywheel/v0/"],
    ["layout", "oci-layout"],
    ["skopeo", "version"],
  ] as const) {
    const path = folder(name, mark, "manifest.json")
    assert.deepEqual(await lintTarget(path), { kind: "image", reference: path })
  }
  const other = folder("home")
  assert.deepEqual(await lintTarget(other), { kind: "manifest", path: `${other}/manifest.json` })
})

test("what is not there is meant as it looks: a manifest, an image or a stored gear", async () => {
  assert.deepEqual(await lintTarget("none.json"), { kind: "manifest", path: "none.json" })
  assert.deepEqual(await lintTarget("./none.tar"), { kind: "image", reference: "./none.tar" })
  assert.deepEqual(await lintTarget("fsl-bet@1.0.0"), { kind: "stored", reference: "fsl-bet@1.0.0" })
})
