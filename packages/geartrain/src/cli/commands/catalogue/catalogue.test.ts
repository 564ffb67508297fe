import assert from "node:assert/strict"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { Gear } from "@geartrain/spec"
import { contextOf, givenOf, HOSTILE, hasControls, type ToldOptions, told } from "../../../../test/cli/told.ts"
import { sampleBadge } from "../../../../test/publishing/catalogue/sample-badge.ts"
import { sampleGear, samplePacking } from "../../../../test/publishing/catalogue/sample-gear.ts"
import { openKeys } from "../../../compose/catalogue/open-catalogue.ts"
import { publishGear } from "../../../publishing/catalogue/publish-gear.ts"
import { openFolderCatalogue } from "../../../publishing/catalogues/folder/index.ts"
import type { Command } from "../../command.ts"
import { findBadgePlace, keepBadge } from "../../proof/keep-badge.ts"
import { findSigningKey } from "../../proof/signing-key.ts"
import { CATALOGUE_FLAG, catalogueOf } from "./catalogue-flag.ts"
import { deprecateCommand } from "./deprecate.ts"
import { keyDistrustCommand } from "./key-distrust.ts"
import { keyListCommand } from "./key-list.ts"
import { keyNewCommand } from "./key-new.ts"
import { keyTrustCommand } from "./key-trust.ts"
import { searchCommand } from "./search.ts"
import { tagCommand } from "./tag.ts"

/** Somebody with a catalogue in a folder, and settings of their own. */
async function home(context: TestContext, gears: readonly Gear[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-catalogue-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const place = join(folder, "catalogue")
  const env = { HOME: folder, GEARTRAIN_HOME: join(folder, "gears"), GEARTRAIN_CATALOGUE: place }
  const backend = openFolderCatalogue(place)
  for (const gear of gears) await publishGear(gear, backend, samplePacking())
  return {
    ...{ folder, place, env },
    tell: (command: Command, args: readonly string[], options: ToldOptions = {}) =>
      told(command, args, { env, ...options }),
  }
}

const VERSIONS = ["1.0.0", "1.1.0", "2.0.0-dev"].map((version) => sampleGear(version))

test("a catalogue is the one that is named, else that of the settings, else none", async (context) => {
  const { env, place } = await home(context)
  const given = givenOf(CATALOGUE_FLAG, ["-c", "/elsewhere"])
  assert.equal((await catalogueOf(contextOf({ env }).context, given)).place, "/elsewhere")
  assert.equal((await catalogueOf(contextOf({ env }).context, givenOf(CATALOGUE_FLAG, []))).place, place)
  await assert.rejects(catalogueOf(contextOf().context, givenOf(CATALOGUE_FLAG, [])), { code: "USAGE" })
})

test("the newest release of each gear is found, all versions on demand, each with its marks", async (context) => {
  const { tell } = await home(context, VERSIONS)
  await tell(tagCommand, ["sample@1.0.0", "stable"])
  await tell(deprecateCommand, ["sample@1.0.0", "--because", HOSTILE])
  const newest = await tell(searchCommand, ["count", "ann"])
  assert.match(newest.out, /^NAME +VERSION +ID[^\n]*\nsample +1\.1\.0 [^\n]* A Sample\n$/)
  const all = await tell(searchCommand, ["--all"])
  const marks = Object.fromEntries(
    all.out
      .trimEnd()
      .split("\n")
      .slice(1)
      .map((line) => line.split(/ {2,}/))
      .map((cells) => [cells[1], cells.slice(4, -1).join()]),
  )
  assert.deepEqual(marks, { "1.0.0": "stable, deprecated", "1.1.0": "", "2.0.0-dev": "in development" })
  assert.ok(!hasControls(all.out))
  const quiet = await tell(searchCommand, ["--all"], { quiet: true })
  assert.deepEqual(quiet.out.trimEnd().split("\n").toSorted(), ["sample@1.0.0", "sample@1.1.0", "sample@2.0.0-dev"])
})

test("programs are told why a version is deprecated, and what is not found is told people alone", async (context) => {
  const { tell, place } = await home(context, VERSIONS)
  await tell(deprecateCommand, ["sample@1.1.0", "--because", "wrong"])
  const { out } = await tell(searchCommand, ["--all"], { json: true })
  const items = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
  assert.equal(items.find(({ version }) => version === "1.1.0").deprecated.because, "wrong")
  assert.deepEqual([items[0].name, items.filter(({ inDevelopment }) => inDevelopment).length], ["sample", 1])
  const none = await tell(searchCommand, ["sample", "nonesuch"])
  assert.deepEqual([none.out, none.err], ["", `No gear is found in ${place}\n`])
})

test("a deprecation is of one version, without a reason if need be, and is taken back", async (context) => {
  const { tell } = await home(context, VERSIONS)
  const bare = await tell(deprecateCommand, ["sample@1.0.0"])
  assert.deepEqual([bare.out, Object(bare.result.data).because], ["sample@1.0.0 is deprecated\n", ""])
  const undone = await tell(deprecateCommand, ["sample@1.0.0", "--undo"])
  assert.deepEqual(
    [undone.out, Object(undone.result.data).deprecated],
    ["sample@1.0.0 is not deprecated any more\n", false],
  )
  await assert.rejects(tell(deprecateCommand, ["sample"]), {
    code: "USAGE",
    hint: "Name one: gear search sample --all",
  })
  await assert.rejects(tell(deprecateCommand, ["sample@9.9.9"]), { code: "VERSION_NOT_FOUND" })
})

test("a tag that moves tells where it was, and a version is none", async (context) => {
  const { tell } = await home(context, VERSIONS)
  assert.deepEqual(Object((await tell(tagCommand, ["sample@1.0.0", "stable"])).result.data).before, null)
  assert.equal((await tell(tagCommand, ["sample@1.0.0", "stable"])).err, "")
  const moved = await tell(tagCommand, ["sample@1.1.0", "stable"])
  assert.deepEqual([moved.out, moved.err], ["sample@stable is sample@1.1.0\n", "was sample@1.0.0\n"])
  await assert.rejects(tell(tagCommand, ["sample@1.1.0", "1.0.0"]), { code: "TAG_INVALID" })
  await assert.rejects(tell(tagCommand, ["sample@1.1.0", "../x"]), { code: "TAG_INVALID" })
})

test("a key is made, listed by its path and never by its secret, and trusted by others for some gears", async (context) => {
  const { tell, folder } = await home(context)
  assert.match((await tell(keyListCommand, [])).err, /^There is no key yet\n→ gear key new/)
  const { out, result } = await tell(keyNewCommand, ["lab"])
  assert.match(out, /^-----BEGIN PUBLIC KEY-----\n/)
  assert.ok(!JSON.stringify(result).includes("PRIVATE"))
  await assert.rejects(tell(keyNewCommand, ["lab"]), { code: "KEY_EXISTS" })
  const file = join(folder, "lab.pub")
  writeFileSync(file, out)
  const trusted = await tell(keyTrustCommand, [file, "--as", "them", "--for", "fsl-*", "--for", "sample"])
  assert.deepEqual(Object(trusted.result.data).gears, ["fsl-*", "sample"])
  const list = await tell(keyListCommand, [])
  assert.match(list.out, /\nown +lab +[0-9a-f]{64} .*\ntrusted +them +[0-9a-f]{64} +for fsl-\*, sample\n$/)
  const items = (await tell(keyListCommand, [], { json: true })).out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
  assert.deepEqual(
    items.map(({ kind, name }) => [kind, name]),
    [
      ["own", "lab"],
      ["trusted", "them"],
    ],
  )
  assert.equal((await tell(keyDistrustCommand, ["them"])).out, "them is not trusted any more\n")
  await assert.rejects(tell(keyDistrustCommand, ["them"]), { code: "KEY_NOT_FOUND" })
})

test("a key is trusted by somebody's name, for names that gears can have, from a file that holds one", async (context) => {
  const { tell, folder } = await home(context)
  const file = join(folder, "lab.pub")
  writeFileSync(file, (await tell(keyNewCommand, ["lab"])).out)
  await assert.rejects(tell(keyTrustCommand, [file]), { code: "USAGE", hint: "Say whose key it is: --as NAME" })
  for (const gear of ["FSL", "a/b", "", "a".repeat(101)])
    await assert.rejects(tell(keyTrustCommand, [file, "--as", "x", `--for=${gear}`]), { code: "USAGE" }, gear)
  writeFileSync(file, "none")
  await assert.rejects(tell(keyTrustCommand, [file, "--as", "x"]), { code: "KEY_INVALID" })
  await assert.rejects(tell(keyTrustCommand, [join(folder, "no"), "--as", "x"]), { code: "KEY_INVALID" })
  assert.deepEqual((await tell(keyListCommand, [])).out.split("\n").slice(2), [""])
})

test("who has no key signs nothing, unless one was named", async (context) => {
  const { env, tell } = await home(context)
  const { context: with_ } = contextOf({ env })
  assert.equal(await findSigningKey(with_, undefined), undefined)
  await assert.rejects(findSigningKey(with_, "default"), { code: "KEY_NOT_FOUND" })
  const { result } = await tell(keyNewCommand, [])
  assert.equal((await findSigningKey(with_, undefined))?.publicKey.id, Object(result.data).id)
  await assert.rejects(findSigningKey(with_, "../default"), { code: "KEY_INVALID" })
})

test("a badge goes beside its gear only, and a catalogue that was not asked for by name is no more than a wish", async (context) => {
  const { env, place } = await home(context, [sampleGear("1.0.0")])
  const placeOf = async (gear: Gear, ...args: readonly string[]) => {
    const { context: with_, err } = contextOf({ env })
    const found = await findBadgePlace(with_, givenOf(CATALOGUE_FLAG, args), gear)
    return { found, err: err() }
  }
  assert.equal((await placeOf(sampleGear("1.0.0"))).found?.published.version, "1.0.0")
  assert.equal(await findBadgePlace(contextOf().context, givenOf(CATALOGUE_FLAG, []), sampleGear("1.0.0")), undefined)
  for (const [gear, code] of [
    [sampleGear("1.0.0", "other"), "VERSION_EXISTS"],
    [sampleGear("3.0.0"), "VERSION_NOT_FOUND"],
  ] as const) {
    const { found, err } = await placeOf(gear)
    assert.equal(found, undefined)
    assert.match(err, /^warning the badge is kept here only: Cannot /)
    await assert.rejects(placeOf(gear, "-c", place), { code })
  }
})

test("a badge is kept here and put beside the gear, and kept all the same where the catalogue is gone", async (context) => {
  const { env, place } = await home(context, [sampleGear("1.0.0")])
  const { context: with_, settings, err } = contextOf({ env })
  mkdirSync(settings.home)
  await openKeys(settings).create("default")
  const key = (await findSigningKey(with_, undefined)) ?? assert.fail()
  const gear = sampleGear("1.0.0")
  const found = await findBadgePlace(with_, givenOf(CATALOGUE_FLAG, []), gear)
  const signed = { gear, badge: sampleBadge() }
  assert.deepEqual(await keepBadge(with_, signed, { key, place: found }), { key: key.publicKey.id, catalogue: place })
  assert.deepEqual(await keepBadge(with_, signed, { key, place: undefined }), { key: key.publicKey.id })
  rmSync(place, { recursive: true })
  writeFileSync(place, "no folder")
  assert.deepEqual(await keepBadge(with_, signed, { key, place: found }), { key: key.publicKey.id })
  assert.match(err(), /^warning the badge is kept here only: /m)
})
