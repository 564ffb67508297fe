import assert from "node:assert/strict"
import { cpSync } from "node:fs"
import { join } from "node:path"
import { after, before, test } from "node:test"
import { findHostProgram, hostPython, makeHostRoot } from "../programs/host-root.ts"
import { type CliHome, openCliHome } from "./cli-home.ts"
import { replyOf } from "./gear-process.ts"

const EXAMPLE = join(import.meta.dirname, "../../../../examples/tutorial-gear")

let home: CliHome
before(async () => {
  home = await openCliHome()
})
after(() => home.close())

interface Linted {
  readonly findings: readonly {
    readonly rule: string
    readonly place: { readonly file: string; readonly line?: number }
  }[]
}

async function lint(...args: readonly string[]): Promise<readonly string[]> {
  const { findings } = replyOf(await home.gear(["lint", "--json", ...args]))["data"] as unknown as Linted
  return findings.map(({ rule, place }) => `${place.file.slice(EXAMPLE.length + 1)}:${place.line ?? ""} ${rule}`)
}

test("what is wrong with the tutorial's gear is named before anything is built", async () => {
  assert.deepEqual(await lint(join(EXAMPLE, "before")), [
    "before/manifest.json:12 manifest/network",
    "before/manifest.json: repeat/hash-seed",
    "before/Dockerfile:1 repeat/base-image",
    "before/Dockerfile:5 image/env",
    "before/Dockerfile:12 image/entrypoint",
    "before/Dockerfile:14 image/entrypoint",
  ])
  assert.deepEqual(await lint(EXAMPLE), ["manifest.json:13 manifest/network"])
})

const python = hostPython()
test("mended, it runs here, and knows what it runs for", {
  skip: python === undefined ? "needs python3" : false,
}, async () => {
  const tools = ["bash", "env"].map((tool) => ({ path: findHostProgram(tool) ?? "", name: tool }))
  const root = makeHostRoot(join(home.folder, "root"), [...tools, python ?? { path: "" }])
  for (const file of ["manifest.json", "run.py", "gear_context.py"]) {
    cpSync(join(EXAMPLE, file), join(root, "flywheel/v0", file))
  }
  await home.write("key.txt", "no server")
  const run = await home.gear([
    "run",
    "./root",
    "--hierarchy",
    join(EXAMPLE, "hierarchy.yaml"),
    "--infile",
    "Tutorial/first/one/scan/notes.txt",
    "--destination",
    "Tutorial/first/one/analyses/first",
    "--key-file",
    "api-key=key.txt",
    "-o",
    "out",
  ])
  assert.equal(run.code, 0, run.err)
  assert.equal(run.out, 'Config: {"foobar": true}\nInputs: infile\n')
  assert.match(await home.read("out/out.txt"), /^analysis [0-9a-f]{24}\nnotes\.txt has 18 bytes\nfoobar\n$/)
})
