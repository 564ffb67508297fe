import assert from "node:assert/strict"
import { test } from "node:test"
import { type MemoryShelf, memoryCatalogue } from "@geartrain/ports/fakes"
import { type ErrorCode, isGeartrainError } from "@geartrain/spec"
import { deprecateVersion, readDeprecation } from "../../../src/publishing/catalogue/deprecate-version.ts"
import { findVersion, readTag, readTags, readWish } from "../../../src/publishing/catalogue/find-version.ts"
import { publishGear } from "../../../src/publishing/catalogue/publish-gear.ts"
import { searchGears } from "../../../src/publishing/catalogue/search-gears.ts"
import { tagVersion } from "../../../src/publishing/catalogue/tag-version.ts"
import { sampleGear, samplePacking } from "./sample-gear.ts"

function fails(code: ErrorCode, message: RegExp) {
  return (error: unknown) => {
    assert.ok(isGeartrainError(error, code), String(error))
    assert.match(error.message, message)
    return true
  }
}

async function catalogueOf(...versions: readonly string[]) {
  const shelves = new Map<string, MemoryShelf>()
  const catalogue = memoryCatalogue(shelves)
  for (const version of versions) await publishGear(sampleGear(version), catalogue, samplePacking())
  return { catalogue, shelves }
}

test("what was published is found with all that was said of it", async () => {
  const { catalogue, shelves } = await catalogueOf("1.0.0")
  const found = await findVersion(catalogue, { name: "sample", version: "1.0.0" })
  const gear = sampleGear("1.0.0")
  assert.deepEqual(
    [found.name, found.version, found.gear, found.tree, found.platform, found.label, found.author, found.license],
    ["sample", "1.0.0", gear.id, gear.tree, "linux/amd64", "A Sample", "Ann Author", "MIT"],
  )
  const config = shelves.get("sample")?.blobs.get(found.config.digest)
  assert.deepEqual(JSON.parse(Buffer.from(config ?? []).toString()), gear.manifest)
})

test("a version means one gear: the same again changes nothing, another is refused", async () => {
  const { catalogue } = await catalogueOf("1.0.0")
  const again = samplePacking()
  assert.equal((await publishGear(sampleGear("1.0.0"), catalogue, again)).outcome, "unchanged")
  assert.equal(again.packed(), 0)
  const other = publishGear(sampleGear("1.0.0", "other"), catalogue, samplePacking("other"))
  await assert.rejects(other, fails("VERSION_EXISTS", /"sample@1.0.0": it is there, and another gear/))
  assert.equal((await findVersion(catalogue, { name: "sample" })).gear, sampleGear("1.0.0").id)
})

test("a version in development may be written over, and is said to be", async () => {
  const { catalogue } = await catalogueOf("1.0.0", "2.0.0-dev")
  const other = await publishGear(sampleGear("2.0.0-dev", "other"), catalogue, samplePacking("other"))
  assert.equal(other.outcome, "replaced")
  assert.equal((await findVersion(catalogue, { name: "sample", version: "2.0.0-dev" })).gear, other.published.gear)
  assert.equal((await findVersion(catalogue, { name: "sample" })).version, "1.0.0")
})

test("without a version, the newest that is released and not deprecated is meant", async () => {
  const { catalogue } = await catalogueOf("1.9.0", "1.10.0", "1.10.1-dev")
  assert.equal((await findVersion(catalogue, { name: "sample" })).version, "1.10.0")
  const newest = await findVersion(catalogue, { name: "sample", version: "1.10.0" })
  await deprecateVersion(catalogue, newest, "it is wrong")
  assert.equal((await readDeprecation(catalogue, newest))?.because, "it is wrong")
  assert.equal((await findVersion(catalogue, { name: "sample" })).version, "1.9.0")
  await new Promise((resolve) => setTimeout(resolve, 2))
  await deprecateVersion(catalogue, newest, undefined)
  assert.equal(await readDeprecation(catalogue, newest), undefined)
  assert.equal((await findVersion(catalogue, { name: "sample" })).version, "1.10.0")
  const { catalogue: young } = await catalogueOf("0.1-dev")
  await assert.rejects(
    findVersion(young, { name: "sample" }),
    fails("VERSION_NOT_FOUND", /in development or deprecated: 0.1-dev/),
  )
})

test("a gear or version that is not there is told with those that are", async () => {
  const { catalogue } = await catalogueOf("1.0.0")
  await assert.rejects(findVersion(catalogue, { name: "none" }), fails("VERSION_NOT_FOUND", /there is no gear "none"/))
  await assert.rejects(findVersion(catalogue, readWish("sample@1.0.1")), (error) => {
    assert.ok(isGeartrainError(error, "VERSION_NOT_FOUND"))
    assert.equal(error.message, 'Cannot find "sample@1.0.1" in the catalogue: there are 1.0.0')
    assert.equal(error.hint, "Did you mean sample@1.0.0?")
    return true
  })
  for (const text of ["", "A", "a/b", "a@", "../x"])
    assert.throws(() => readWish(text), fails("TAG_INVALID", /no name/))
})

test("a tag leads to a version, can be moved, and never takes the name of one", async () => {
  const { catalogue } = await catalogueOf("1.0.0", "1.1.0", "v3")
  const [first, second] = [await readTag(catalogue, "sample", "1.0.0"), await readTag(catalogue, "sample", "1.1.0")]
  assert.ok(first !== undefined && second !== undefined)
  assert.equal(await tagVersion(catalogue, first, "stable"), undefined)
  assert.equal(await tagVersion(catalogue, second, "stable"), "1.0.0")
  assert.equal((await findVersion(catalogue, readWish("sample@stable"))).version, "1.1.0")
  const { versions, tags } = await readTags(catalogue, "sample")
  assert.deepEqual([...tags], [["stable", "1.1.0"]])
  assert.deepEqual(
    versions.map(({ version }) => version),
    ["v3", "1.1.0", "1.0.0"],
  )
  await assert.rejects(tagVersion(catalogue, first, "v3"), fails("VERSION_EXISTS", /as "v3": that is a version/))
  for (const tag of ["", "1x", "a b", "../x", "x".repeat(65)]) {
    await assert.rejects(tagVersion(catalogue, first, tag), fails("TAG_INVALID", /it is no tag/))
  }
  const taken = publishGear(sampleGear("stable"), catalogue, samplePacking())
  await assert.rejects(taken, fails("VERSION_EXISTS", /"stable" is a tag that leads to version "1.1.0"/))
})

test("a search looks into names, labels, descriptions and authors", async () => {
  const { catalogue } = await catalogueOf("1.0.0", "1.1.0", "2.0-dev")
  const search = async (all: boolean, ...words: readonly string[]) => {
    const found: string[] = []
    for await (const { published } of searchGears(catalogue, { words, all })) found.push(published.version)
    return found
  }
  assert.deepEqual(await search(false), ["1.1.0"])
  assert.deepEqual(await search(true), ["2.0-dev", "1.1.0", "1.0.0"])
  assert.deepEqual(await search(false, "COUNTS", "ann"), ["1.1.0"])
  assert.deepEqual(await search(false, "counts", "nobody"), [])
})

test("a place that tells nobody what it has can be asked for a gear by its name", async () => {
  const { catalogue } = await catalogueOf("1.0.0")
  const { names: _, ...rest } = catalogue
  const silent = {
    ...rest,
    names: async function* (): AsyncGenerator<string, void> {
      yield* []
      const { GeartrainError } = await import("@geartrain/spec")
      throw new GeartrainError("CATALOGUE_NOT_LISTED", "Cannot list")
    },
  }
  const found: string[] = []
  for await (const { published } of searchGears(silent, { words: ["sample"], all: false })) found.push(published.name)
  assert.deepEqual(found, ["sample"])
  const none = searchGears(silent, { words: ["Other"], all: false }).next()
  await assert.rejects(none, fails("CATALOGUE_NOT_LISTED", /Cannot list/))
})

test("what is in a catalogue and is no gear is passed over, and a gear that lies is named", async () => {
  const { catalogue } = await catalogueOf("1.0.0")
  const manifest = async (change: (document: Record<string, unknown>) => void, tag: string) => {
    const found = await catalogue.readManifest("sample", "1.0.0")
    const document = JSON.parse(Buffer.from(found?.bytes ?? []).toString())
    change(document)
    const mediaType = found?.descriptor.mediaType ?? ""
    await catalogue.writeManifest("sample", { mediaType, bytes: Buffer.from(JSON.stringify(document)) }, { tag })
  }
  await manifest((document) => Object.assign(document["config"] as object, { mediaType: "text/plain" }), "image")
  assert.equal(await readTag(catalogue, "sample", "image"), undefined)
  const spoiled: readonly (readonly [string, RegExp, (document: Record<string, unknown>) => void])[] = [
    ["no-layer", /it has not one layer/, (document) => Object.assign(document, { layers: [] })],
    ["no-config", /a descriptor in it is incomplete/, (document) => Object.assign(document, { config: {} })],
    ["no-notes", /does not say which gear/, (document) => Object.assign(document, { annotations: null })],
    [
      "other",
      /it is gear "other"/,
      (document) => Object.assign(document["annotations"] as object, { "org.opencontainers.image.title": "other" }),
    ],
  ]
  for (const [tag, message, change] of spoiled) {
    await manifest(change, tag)
    await assert.rejects(readTag(catalogue, "sample", tag), fails("CATALOGUE_DAMAGED", message), tag)
  }
})
