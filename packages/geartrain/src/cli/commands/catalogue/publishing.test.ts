import assert from "node:assert/strict"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type TestContext, test } from "node:test"
import type { Gear } from "@geartrain/spec"
import { contextOf, HOSTILE, hasControls, told } from "../../../../test/cli/told.ts"
import { sampleGear, samplePacking } from "../../../../test/publishing/catalogue/sample-gear.ts"
import { openKeys } from "../../../compose/catalogue/open-catalogue.ts"
import { openEngine } from "../../../compose/open-engine.ts"
import { publishGear } from "../../../publishing/catalogue/publish-gear.ts"
import { openFolderCatalogue } from "../../../publishing/catalogues/folder/index.ts"
import { createKeyPair } from "../../../publishing/signing/key-pair.ts"
import { readSettings } from "../../../settings/read-settings.ts"
import { parseArguments } from "../../arguments/parse-arguments.ts"
import type { Command } from "../../command.ts"
import { deprecateCommand } from "./deprecate.ts"
import { installCommand } from "./install.ts"
import { keyTrustCommand } from "./key-trust.ts"
import { publishCommand } from "./publish.ts"

/** Somebody with gears in a catalogue, and the records of others in a store. */
async function home(context: TestContext, published: readonly Gear[], stored: readonly Gear[] = []) {
  const folder = mkdtempSync(join(tmpdir(), "geartrain-publishing-"))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const place = join(folder, "a catalogue")
  const env = {
    ...{ HOME: folder, GEARTRAIN_HOME: join(folder, "gears"), XDG_CACHE_HOME: join(folder, "cache") },
    GEARTRAIN_CATALOGUE: place,
  }
  const settings = readSettings(env)
  const engine = await openEngine(settings, { write: true })
  for (const gear of stored) {
    await engine.gears.putGear(gear)
    await engine.gears.setReference(`${gear.manifest.name}@${gear.manifest.version}`, gear.id)
  }
  await engine.close()
  for (const gear of published) await publishGear(gear, openFolderCatalogue(place), samplePacking())
  const tell = (command: Command, args: readonly string[]) => told(command, args, { env })
  return { folder, place, env, settings, tell }
}

const ONE = sampleGear("1.0.0")

test("a gear that is published already is not packed again, and is told with how to install it", async (context) => {
  const { place, tell } = await home(context, [ONE], [ONE])
  const { out, err, result } = await tell(publishCommand, ["sample"])
  assert.equal(out, `sample@1.0.0  ${ONE.id}\n`)
  assert.equal(err, `was there already, in ${place}, not signed\n→ gear install sample@1.0.0 -c '${place}'\n`)
  const { outcome, gear, key } = Object(result.data)
  assert.deepEqual([outcome, gear, key], ["unchanged", ONE.id, null])
})

test("the default key signs without being named, and a key that is named has to be there", async (context) => {
  const { settings, tell } = await home(context, [ONE], [ONE])
  await assert.rejects(tell(publishCommand, ["sample", "--key", "lab"]), { code: "KEY_NOT_FOUND" })
  const { id } = await openKeys(settings).create("default")
  const { err, result } = await tell(publishCommand, ["sample"])
  assert.match(err, new RegExp(`, signed by key ${id}\n`))
  assert.equal(Object(result.data).key, id)
})

test("a version means one gear for ever, and a gear whose files are gone is not published", async (context) => {
  const other = sampleGear("1.0.0", "other")
  const { tell } = await home(context, [ONE], [other])
  await assert.rejects(tell(publishCommand, ["sample"]), { code: "VERSION_EXISTS" })
  const gone = await home(context, [], [ONE])
  await assert.rejects(gone.tell(publishCommand, ["sample"]), { code: "ROOT_NOT_FOUND" })
  await assert.rejects(gone.tell(publishCommand, ["nonesuch"]), { code: "GEAR_NOT_FOUND" })
})

test("a gear of a name that a key is trusted for is not installed unsigned, nor signed by another", async (context) => {
  const { folder, settings, tell } = await home(context, [ONE], [ONE])
  const file = join(folder, "lab.pub")
  writeFileSync(file, createKeyPair().publicKey.pem)
  await tell(keyTrustCommand, [file, "--as", "lab", "--for", "sam*"])
  await assert.rejects(tell(installCommand, ["sample"]), { code: "SIGNATURE_MISSING" })
  await openKeys(settings).create("default")
  await tell(publishCommand, ["sample"])
  await assert.rejects(tell(installCommand, ["sample"]), { code: /^SIGNATURE_/ } as object)
})

test("whoever names a deprecated version is warned before a byte is read, and what is no gear is not stored", async (context) => {
  const { env, settings, tell } = await home(context, [ONE])
  await tell(deprecateCommand, ["sample@1.0.0", "--because", HOSTILE])
  await assert.rejects(tell(installCommand, ["sample"]), { code: "VERSION_NOT_FOUND" })
  const { context: with_, err } = contextOf({ env })
  const given = parseArguments(installCommand, ["sample@1.0.0"])
  await assert.rejects(installCommand.run(with_, given), { code: "IMAGE_TRUNCATED" })
  assert.match(err(), /^warning sample@1\.0\.0 is deprecated: a\\x1b/)
  assert.ok(!hasControls(err()))
  const engine = await openEngine(settings, {})
  try {
    assert.equal(await engine.gears.getGear(ONE.id), undefined)
  } finally {
    await engine.close()
  }
})
