import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { after, test } from "node:test"
import { type ErrorCode, type GearManifest, isGeartrainError, type JsonObject } from "@geartrain/spec"
import { openGearContext, runGear } from "./index.ts"

const MANIFEST = {
  name: "typed",
  label: "Typed",
  description: "For tests",
  version: "1.0.0",
  author: "Geartrain",
  license: "Apache-2.0",
  url: "",
  source: "",
  config: {
    threshold: { type: "number", default: 0.5 },
    unit: { enum: ["words", "lines"], default: "words" },
    names: { type: "array", items: { type: "string" }, default: [] },
    limit: { type: "integer", optional: true },
    debug: { type: "boolean", default: false },
  },
  inputs: {
    text: { base: "file" },
    mask: { base: "file", optional: true },
    site: { base: "context" },
    key: { base: "api-key" },
  },
} as const

const folders: string[] = []
after(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))))

async function gearFolder(document: unknown = configJson()): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "geartrain-sdk-"))
  folders.push(folder)
  await mkdir(join(folder, "input/text"), { recursive: true })
  await writeFile(join(folder, "input/text/a.txt"), "one two\n")
  await writeFile(join(folder, "config.json"), typeof document === "string" ? document : JSON.stringify(document))
  return folder
}

function configJson(config: object = {}) {
  return {
    config: { threshold: 0.25, unit: "words", names: ["a"], debug: false, ...config },
    inputs: {
      text: {
        base: "file",
        hierarchy: { type: "acquisition", id: "0" },
        location: { name: "a.txt", path: "/flywheel/v0/input/text/a.txt" },
        object: { type: "text", size: 8 },
      },
      site: { base: "context", found: true, value: { name: "here" } },
      key: { base: "api-key", key: "host:secret" },
    },
    destination: { type: "analysis", id: "000000000000000000000000" },
  }
}

const open = async (folder: string) => openGearContext(MANIFEST, { folder })

function fails(code: ErrorCode, message: RegExp) {
  return (error: unknown) => {
    assert.ok(isGeartrainError(error, code), String(error))
    assert.match(error.message, message)
    return true
  }
}

test("config and inputs have the types that the manifest says", async () => {
  const context = await open(await gearFolder())
  // These lines are checked by the compiler more than by the test.
  const threshold: number = context.config.threshold
  const unit: "words" | "lines" = context.config.unit
  const names: readonly string[] = context.config.names
  const limit: number | undefined = context.config.limit
  const text: string = context.getInputPath("text")
  const mask: string | undefined = context.getInputPath("mask")
  assert.deepEqual([threshold, unit, names, limit, mask], [0.25, "words", ["a"], undefined, undefined])
  assert.ok(text.endsWith("/input/text/a.txt"))
  // @ts-expect-error -- the manifest has no such config
  assert.equal(context.config.thresold, undefined)
  // @ts-expect-error -- a key is no file
  assert.equal(context.getInput("key"), undefined)
})

test("a manifest that is read at run time gives plain JSON values", async () => {
  const manifest: GearManifest = JSON.parse(JSON.stringify(MANIFEST))
  const context = await openGearContext(manifest, { folder: await gearFolder() })
  assert.equal(context.config["threshold"], 0.25)
  assert.equal(context.getInput("text")?.name, "a.txt")
})

test("inputs are opened, contexts looked up, and what was not given is named", async () => {
  const context = await open(await gearFolder())
  const file = await context.openInput("text")
  assert.equal(await file.readFile("utf8"), "one two\n")
  await file.close()
  assert.equal(JSON.stringify(context.getContextValue("site")), '{"name":"here"}')
  assert.equal(JSON.stringify(context.getInput("text").object), '{"type":"text","size":8}')
  await assert.rejects(
    context.openInput("mask"),
    fails("INPUT_NOT_FOUND", /it was not given; given are: text, site, key/),
  )
})

test("results are written to the output folder and nowhere else", async () => {
  const folder = await gearFolder()
  const context = await open(folder)
  const file = await context.openOutput("count.txt")
  await file.writeFile("2\n")
  await file.close()
  assert.equal(await readFile(join(folder, "output/count.txt"), "utf8"), "2\n")
  for (const name of ["../x", "a/b", "", "..", "/etc/passwd"]) {
    assert.throws(() => context.getOutputPath(name), fails("OUTPUT_NAME_INVALID", /no plain file name/))
  }
})

test("metadata adds up, and is written whole", async () => {
  const folder = await gearFolder()
  const context = await open(folder)
  context.updateFileMetadata("count.txt", { tags: ["a"], info: { qc: { snr: Number.NaN, n: 1 } } })
  context.updateFileMetadata("count.txt", { tags: ["b", "a"], info: { qc: { n: 2 } }, type: "text" })
  context.updateDestinationMetadata({ label: "counted" })
  context.updateContainerMetadata("session", { age: 3, info: { at: new Date(0).toISOString() } })
  await context.writeMetadata()
  assert.deepEqual(JSON.parse(await readFile(join(folder, "output/.metadata.json"), "utf8")), {
    analysis: {
      label: "counted",
      files: [{ name: "count.txt", tags: ["a", "b"], info: { qc: { snr: null, n: 2 } }, type: "text" }],
    },
    session: { age: 3, info: { at: "1970-01-01T00:00:00.000Z" } },
  })
  assert.deepEqual(await readdir(join(folder, "output")), [".metadata.json"])
})

test("metadata that cannot be kept is refused when it is said", async () => {
  const context = await open(await gearFolder())
  const misspelt = { tag: ["x"] } as unknown as { readonly tags: readonly string[] }
  assert.throws(
    () => context.updateFileMetadata("a", misspelt),
    fails("METADATA_INVALID", /file "a": it has no tag; it has type, mimetype, /),
  )
  assert.throws(
    () => context.updateContainerMetadata("group" as never, {}),
    fails("METADATA_INVALID", /"group": containers are project/),
  )
  assert.throws(
    () => context.updateDestinationMetadata({ tags: "x" as never }),
    fails("METADATA_INVALID", /of analysis: .*"x"/),
  )
  const uncertain = { info: { f: () => 1 } } as unknown as { readonly info: JsonObject }
  assert.throws(
    () => context.updateDestinationMetadata(uncertain),
    fails("METADATA_INVALID", /info of analysis\.f: a function/),
  )
})

test("a config.json that breaks the manifest's promise is refused, and named", async () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [configJson({ threshold: "high" }), /config "threshold" is not what the manifest says/],
    [configJson({ unit: "pages" }), /config "unit" is not what/],
    [{ ...configJson(), inputs: [] }, /its member "inputs" is no object/],
    ["[]", /it is no JSON object/],
    ["{", /Cannot read ".*config.json": /],
  ]
  for (const [document, message] of cases) {
    await assert.rejects(open(await gearFolder(document)), fails("CONFIG_FILE_INVALID", message))
  }
  await assert.rejects(open("/nowhere"), fails("CONFIG_FILE_INVALID", /ENOENT/))
})

test("a gear that ends well leaves its metadata, one that throws leaves none and fails", async () => {
  const folder = await gearFolder()
  await runGear(MANIFEST, async (context) => context.updateFileMetadata("a", { type: "text" }), { folder })
  assert.ok(existsSync(join(folder, "output/.metadata.json")))
  const failing = await gearFolder()
  const before = process.exitCode
  await runGear(
    MANIFEST,
    async (context) => {
      context.updateFileMetadata("a", { type: "text" })
      throw new RangeError("no")
    },
    { folder: failing },
  )
  assert.equal(process.exitCode, 1)
  process.exitCode = before
  assert.equal(existsSync(join(failing, "output")), false)
})
